"""Everything that can go wrong, on one screen. The sentences are for people; statuses are the API's business.

DigitsError
├── RequestError            the question itself is malformed
├── PictureError
│   ├── UnsupportedPicture  a media type that is not read here
│   ├── TooManyBytes        larger than the limit, told before decoding
│   ├── TooManyPixels       likewise, from the header alone
│   └── UnreadablePicture   no decoder makes a picture of these bytes
├── NotReady                the model does not read what it should
├── TooBusy                 as many requests as may be are being answered and waiting
├── ModelError              the model's folder is missing, damaged or of another kind
├── SettingError            an environment variable has a value that makes no sense
├── RemoteError             a server that was asked does not answer, or answers with a problem
└── MarkedError             a file of marked pictures is missing, damaged or of another kind
"""


class DigitsError(Exception):
    """The root: its text is a whole sentence with the offending value in it, fit to be shown to a person."""


class RequestError(DigitsError):
    """The request cannot be understood."""


class PictureError(DigitsError):
    """The picture cannot be taken."""


class UnsupportedPicture(PictureError):
    """The media type is none of those that are read here."""


class TooManyBytes(PictureError):
    """The picture has more bytes than allowed."""


class TooManyPixels(PictureError):
    """The picture has more pixels than allowed."""


class UnreadablePicture(PictureError):
    """The bytes are not a picture in one of the supported formats, or they are damaged."""


class NotReady(DigitsError):
    """Nothing can be read for now."""


class TooBusy(DigitsError):
    """There is more to do than can be done at once."""


class ModelError(DigitsError):
    """The model cannot be used."""


class SettingError(DigitsError):
    """The settings cannot be used."""


class RemoteError(DigitsError):
    """Another server does not give a reading."""


class MarkedError(DigitsError):
    """Pictures that a person marked cannot be used."""
