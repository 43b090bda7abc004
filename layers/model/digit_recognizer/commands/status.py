"""How a command ends: what it says, and its status."""

import sys
from collections.abc import Callable

from digit_recognizer.errors import DigitRecognizerError, StoreUnavailable


def status_of(run: Callable[[], str]) -> int:
    """Run a command and print what it returns, or in one sentence why it failed.

    Returns:
        0, 1 if the store failed, 2 if what was asked for is wrong.
    """
    try:
        print(run())
    except StoreUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}." if error.filename else error, file=sys.stderr)
        return 2
    except (DigitRecognizerError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
