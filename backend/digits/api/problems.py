"""Every failure as application/problem+json (RFC 9457): the one place where an error meets its HTTP status."""

from __future__ import annotations

import logging
import re
import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, g, json, request
from werkzeug.exceptions import ClientDisconnected, HTTPException, MethodNotAllowed, RequestEntityTooLarge

from digits import errors
from digits.api import observed

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[errors.DigitsError], HTTPStatus] = {
    errors.RequestError: HTTPStatus.BAD_REQUEST,
    errors.UnsupportedPicture: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooManyBytes: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooManyPixels: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnreadablePicture: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}

NOT_YOURS = "Something went wrong here; it is not the request's fault."
RETRY_AFTER = 5  # seconds that a client is asked to wait where it can try again

_REQUEST_ID = re.compile(r"[\w.:/+=@-]{1,128}", re.ASCII)

log = logging.getLogger(__name__)


def answer(error: Exception) -> Response:
    """Any exception -> problem. What was not foreseen is logged and told to nobody."""
    if isinstance(error, errors.DigitsError) and type(error) in STATUS:
        observed.refused(error, _name(type(error)))
        return problem(STATUS[type(error)], str(error), _name(type(error)))
    if isinstance(error, HTTPException) and error.code and error.code >= 400:
        response = problem(HTTPStatus(error.code), _sentence(error))
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After", "WWW-Authenticate"):
                response.headers[name] = value
        return response
    if isinstance(error, HTTPException):  # a redirection, which is no error
        return Response(error.get_body(), error.code, error.get_headers())
    log.error("request %s failed", g.get("request_id"), exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, NOT_YOURS)


def problem(status: HTTPStatus, detail: str, name: str | None = None) -> Response:
    """A problem as an answer."""
    told = body(status, detail, name, g.get("request_id"))
    response = Response(json.dumps(told), status.value, content_type=MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def of_picture(error: errors.PictureError) -> dict[str, Any]:
    """The problem of one picture among several."""
    observed.refused(error, _name(type(error)))
    return body(STATUS[type(error)], str(error), _name(type(error)), g.get("request_id"))


def body(status: HTTPStatus, detail: str, name: str | None, request_id: str | None) -> dict[str, Any]:
    """The members of a problem (RFC 9457); `name` tells those of one status apart."""
    return {
        "type": f"urn:digits:problem:{name}" if name else "about:blank",
        "title": name.replace("-", " ").capitalize() if name else status.phrase,
        "status": status.value,
        "detail": detail,
        "request_id": request_id,
    }


def request_id(given: str) -> str:
    """That which the client gave, where it is one; else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _name(kind: type[errors.DigitsError]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def _sentence(error: HTTPException) -> str:
    if isinstance(error, MethodNotAllowed):
        return (
            f"{request.path} does not take {request.method}; it takes {', '.join(sorted(error.valid_methods or ()))}."
        )
    if isinstance(error, RequestEntityTooLarge):
        most = request.max_content_length or 0
        if request.content_length and request.content_length <= most:
            return "The form has too many fields, or too long a text in one: a picture goes into a field as a file."
        sent = f" of {request.content_length:,} bytes" if request.content_length else ""
        return f"The request{sent} is too large; at most {most:,} bytes are taken."
    if isinstance(error, ClientDisconnected):
        return "The request ended before all of it had arrived."
    if error.code == HTTPStatus.NOT_FOUND:
        return f"There is nothing at {request.path}."
    return error.description or HTTPStatus(error.code or 500).description
