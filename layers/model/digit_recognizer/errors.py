"""What can go wrong for a client, each with one sentence that says what would be right.

`api.app` maps these classes to status codes; everything else raises them and knows no HTTP.
"""


class DigitRecognizerError(Exception):
    """Base class; `str(error)` is the sentence that a client may read."""


class InvalidRequest(DigitRecognizerError):
    """The body, a field of it, or the picture in it is not what the contract asks for."""


class Unauthorized(DigitRecognizerError):
    """The operator asks for a token here, and the request has none or a wrong one."""


class TooLarge(DigitRecognizerError):
    """The body has too many bytes or the picture too many pixels."""


class NotFound(DigitRecognizerError):
    """There is nothing under this address, or nothing yet."""


class StoreUnavailable(DigitRecognizerError):
    """The store can't be reached or refused; nothing was saved."""


class Busy(DigitRecognizerError):
    """More is under way already than can be done in time; nothing was begun."""


class Conflict(DigitRecognizerError):
    """Somebody else was faster: what was to be committed builds on what is no longer so."""


class UnfitModel(DigitRecognizerError):
    """A version of the model is not there, incomplete, damaged, or not for this code."""


class UnfitStore(DigitRecognizerError):
    """The store can't do what a commit needs; an operator has to choose another one."""


class DamagedStore(StoreUnavailable):
    """What lies on the store does not fit together: serving on would lose or hide rows."""
