"""Every error of the application. Messages are for people; the API maps the classes to statuses."""


class DigitsError(Exception):
    """The base class. Its text is a complete sentence for a person, with the offending value in it."""


class RequestError(DigitsError):
    """The request is malformed."""


class PictureError(DigitsError):
    """The picture cannot be accepted."""


class UnsupportedPicture(PictureError):
    """The media type is not supported."""


class TooManyBytes(PictureError):
    """The picture, or the strokes in its place, have more bytes than allowed; known before decoding."""


class TooManyPixels(PictureError):
    """The picture has more pixels than allowed; known from its header."""


class UnreadablePicture(PictureError):
    """The bytes are not a picture in a supported format, or they are damaged."""


class NotReady(DigitsError):
    """The model fails its self-test."""


class AtCapacity(DigitsError):
    """All slots are taken, and the queue is full or the wait was too long."""

    def __init__(self, retry_after: int) -> None:
        seconds = "1 second" if retry_after == 1 else f"{retry_after} seconds"
        super().__init__(f"The server is at capacity. Please retry in {seconds}.")
        self.retry_after = retry_after  # seconds


class ModelError(DigitsError):
    """The model's folder is missing, damaged or of another kind."""


class SettingError(DigitsError):
    """An environment variable is unknown or has an invalid value."""


class RemoteError(DigitsError):
    """Another server cannot be reached, or returns an error."""


class CorrectionsError(DigitsError):
    """A file of corrections is missing, damaged or of another kind."""


class GateMissed(DigitsError):
    """The trained model misses the quality gate."""
