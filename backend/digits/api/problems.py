"""Exceptions -> problems (RFC 9457). The only place that maps the errors of the application to statuses."""

from __future__ import annotations

import logging
import re
import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, g, json, request
from werkzeug.exceptions import ClientDisconnected, HTTPException, MethodNotAllowed, RequestEntityTooLarge

from digits import errors

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[errors.DigitsError], HTTPStatus] = {
    errors.RequestError: HTTPStatus.BAD_REQUEST,
    errors.UnsupportedPicture: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooManyBytes: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooManyPixels: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnreadablePicture: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.AtCapacity: HTTPStatus.SERVICE_UNAVAILABLE,
}

INTERNAL_ERROR = "An internal error occurred. The request is not the cause."
RETRY_AFTER = 5  # seconds, for a 503 that does not say how long to wait

_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
_REQUEST_ID = re.compile(r"[\w.:/+=@-]{1,128}", re.ASCII)

log = logging.getLogger(__name__)


def response_to(error: Exception) -> Response:
    """Any exception -> problem. Unexpected ones are logged, and the client learns nothing about them."""
    if isinstance(error, errors.DigitsError) and type(error) in STATUS:
        response = problem(STATUS[type(error)], str(error), name_of(error))
        if isinstance(error, errors.AtCapacity):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, HTTPException) and error.code and error.code >= 400:
        response = problem(HTTPStatus(error.code), _detail(error))
        for name, value in error.get_headers():
            if name in _KEPT_HEADERS:
                response.headers[name] = value
        return response
    if isinstance(error, HTTPException):  # a redirect
        return Response(error.get_body(), error.code, error.get_headers())
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, INTERNAL_ERROR)


def problem(status: HTTPStatus, detail: str, name: str | None = None) -> Response:
    """A problem as a response."""
    body = members(status, detail, name, g.get("request_id"))
    response = Response(json.dumps(body), status.value, content_type=MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def of_picture(error: errors.PictureError) -> dict[str, Any]:
    """The problem of one picture in a batch."""
    return members(STATUS[type(error)], str(error), name_of(error), g.get("request_id"))


def members(status: HTTPStatus, detail: str, name: str | None, request_id: str | None) -> dict[str, Any]:
    """The members of a problem. `name` distinguishes problems with the same status."""
    return {
        "type": f"urn:digits:problem:{name}" if name else "about:blank",
        "title": name.replace("-", " ").capitalize() if name else status.phrase,
        "status": status.value,
        "detail": detail,
        "request_id": request_id,
    }


def name_of(error: errors.DigitsError) -> str:
    """UnreadablePicture -> 'unreadable-picture'."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()


def request_id(given: str) -> str:
    """The ID that the client chose when it is valid, else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _detail(error: HTTPException) -> str:
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.path} does not allow {request.method}. It allows {allowed}."
    if isinstance(error, RequestEntityTooLarge):
        most = request.max_content_length or 0
        if request.content_length and request.content_length <= most:
            return "The form has too many fields, or a text field is too long. Send the picture as a file."
        size = f" of {request.content_length:,} bytes" if request.content_length else ""
        return f"The request{size} is too large. The limit is {most:,} bytes."
    if isinstance(error, ClientDisconnected):
        return "The request ended before it was complete."
    if error.code == HTTPStatus.NOT_FOUND:
        return f"There is nothing at {request.path}."
    return error.description or HTTPStatus(error.code or 500).description
