"""Every error of the application. Messages are for people; the API decides about statuses.

DigitsError
├── RequestError            the request is malformed
├── PictureError
│   ├── UnsupportedPicture  the media type is not supported
│   ├── TooManyBytes        the picture or the strokes exceed the limit; known before decoding
│   ├── TooManyPixels       the same, known from the header
│   └── UnreadablePicture   no decoder can read these bytes
├── NotReady                the model fails its self-test
├── AtCapacity              all slots are taken and the queue is full, or the wait was too long
├── ModelError              the model's folder is missing, damaged or of another kind
├── SettingError            an environment variable has an invalid value
├── RemoteError             another server cannot be reached, or returns an error
├── CorrectionsError        a file of corrections is missing, damaged or of another kind
└── GateMissed              a trained network is worse than any that may be served
"""


class DigitsError(Exception):
    """The base class. Its text is a complete sentence for a person, with the offending value in it."""


class RequestError(DigitsError):
    """The request is malformed."""


class PictureError(DigitsError):
    """The picture cannot be accepted."""


class UnsupportedPicture(PictureError):
    """The media type is not supported."""


class TooManyBytes(PictureError):
    """The picture, or the strokes in its place, have more bytes than allowed."""


class TooManyPixels(PictureError):
    """The picture has more pixels than allowed."""


class UnreadablePicture(PictureError):
    """The bytes are not a picture in a supported format, or they are damaged."""


class NotReady(DigitsError):
    """The model cannot read anything."""


class AtCapacity(DigitsError):
    """The server cannot accept another request for now."""

    def __init__(self, retry_after: int) -> None:
        seconds = "1 second" if retry_after == 1 else f"{retry_after} seconds"
        super().__init__(f"The server is at capacity. Please retry in {seconds}.")
        self.retry_after = retry_after  # seconds


class ModelError(DigitsError):
    """The model cannot be used."""


class SettingError(DigitsError):
    """The settings cannot be used."""


class RemoteError(DigitsError):
    """Another server cannot be reached, or returns an error."""


class CorrectionsError(DigitsError):
    """A file of corrections cannot be used."""


class GateMissed(DigitsError):
    """A trained network is worse than any that may be served."""
