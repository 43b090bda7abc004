"""Whether some parts of a line are exactly one whole digit: a small network that has seen many.

It is shown the parts in question and, apart from them, what else is near them on the line, at the
line's own scale. So it tells a one from the stem of a four, and a low bar from a flat digit. It
learned that from rows of digits cut by `digit_centres` (see training/train_digit_judge.py).
"""

from collections.abc import Sequence
from functools import lru_cache

from digit_recognizer.recognition.arrays import Float
from digit_recognizer.recognition.model import ARTEFACTS
from digit_recognizer.recognition.network import Network
from digit_recognizer.recognition.scaled_line import Plane, ScaledLine

JUDGE_ROWS, JUDGE_COLUMNS = 32, 40
"""Of what the network sees, in pixels."""

NO_DIGIT = 10
"""What it calls that which is not exactly one whole digit."""

JUDGE_FILE = ARTEFACTS / "digit_judge.tflite"

WIDEST = 1.5
"""Of a line's height: what is wider is no digit."""


class DigitJudge:
    """The network ready to answer; several threads may ask it, one after the other."""

    def __init__(self) -> None:
        self._network = Network(JUDGE_FILE)

    def opinion(self, line: ScaledLine, planes: Sequence[Plane]) -> Float:
        """Of some parts of a line together, float32[11]: which whole digit they are, or none."""
        return self._network(line.seen(planes, JUDGE_ROWS, JUDGE_COLUMNS).pixels)


@lru_cache(maxsize=1)
def digit_judge() -> DigitJudge:
    """The one of this process."""
    return DigitJudge()
