"""How many scenes of held-out writers are read right, by each way to find the ink in them.

The way that is in service goes first: the straight way on clean paper, the ink finder elsewhere.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from tqdm import tqdm

from benchmarks.photos.ways import WAYS, Way
from benchmarks.sections import table
from digit_recognizer.errors import InvalidRequest
from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.digit_box import located
from digit_recognizer.recognition.model import built_in
from digit_recognizer.recognition.pictures import Decoded, read_picture
from digit_recognizer.recognition.placing import place
from digit_recognizer.recognition.preprocessing import normalise
from training.datasets.pen_digits import (
    COMMITTED_HELD_OUT,
    PenDigit,
    judging_writers,
    load_pen_digits,
    split_writers,
)
from training.drawings.hands import MILD, distort
from training.drawings.scenes.kinds import KINDS
from training.evaluation.scenes import url_of

A_KIND = 15
_SEED = 77  # of scenes that no other figure uses
_SIDE = 360  # pixels of a scene's longer side
_WORST = 3  # kinds that are named


@dataclass
class _Read:
    """What came of one way: by kind how many were right, wrong and sure, and its milliseconds."""

    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    sure: int = 0
    milliseconds: list[float] = field(default_factory=list)

    @property
    def row(self) -> list[str]:
        n = A_KIND * len(KINDS)
        worst = sorted(self.right, key=self.right.__getitem__)[:_WORST]
        return [
            f"{100 * sum(self.right.values()) / n:.1f}",
            f"{100 * self.sure / n:.1f}",
            f"{np.median(self.milliseconds):.2f}",
            ", ".join(f"{kind} {100 * self.right[kind] / A_KIND:.0f}" for kind in worst),
        ]


def report() -> str:
    """The table for `docs/benchmarks.md`."""
    classifier = Classifier(built_in())
    unsure_below = float(built_in().card["uncertain_below"])
    ways: dict[str, Callable[[Decoded], Grey]] = {
        "as in service": lambda at: normalise(at.grey, at.coloured)
    }
    ways |= {name: _by(way) for name, way in WAYS.items()}
    read = {name: _Read() for name in ways}
    for kind, label, picture in _scenes():
        for name, way in ways.items():
            began = time.perf_counter()
            try:
                answers = classifier.probabilities(way(picture))
            except InvalidRequest:  # it found no ink: a mistake, but nobody is misled
                continue
            finally:
                read[name].milliseconds.append(1000 * (time.perf_counter() - began))
            right = int(answers.argmax()) == label
            read[name].right[kind] += right
            read[name].sure += not right and float(answers.max()) >= unsure_below
    head = ["way", "right, %", "wrong and sure, %", "ms", "worst kinds, %"]
    return (
        f"{A_KIND} scenes of each of {len(KINDS)} kinds, by writers whom neither network has seen;"
        " decoded, then found, placed and recognised (ms, median).\n\n"
        + table(head, [[name, *each.row] for name, each in read.items()])
    )


def _scenes() -> Iterator[tuple[str, int, Decoded]]:
    digits = _unseen()
    for number, (name, kind) in enumerate(tqdm(KINDS.items(), "kinds")):
        rng = np.random.default_rng([_SEED, number])
        for _ in range(A_KIND):
            digit = digits[int(rng.integers(len(digits)))]
            scene = kind(distort(digit.strokes, rng, MILD), rng, _SIDE)
            yield name, digit.label, read_picture(url_of(scene))


def _unseen() -> Sequence[PenDigit]:
    held_out = built_in().card["configuration"]["held_out"]
    _, unseen = split_writers(load_pen_digits(), held_out)
    judging = set(judging_writers(held_out)) & set(COMMITTED_HELD_OUT)
    return [digit for digit in unseen if digit.writer in judging]


def _by(way: Way) -> Callable[[Decoded], Grey]:
    """Find the ink by a way, then go on as `normalise` does."""

    def pixels(picture: Decoded) -> Grey:
        coloured = picture.coloured or Image.fromarray(picture.grey)
        ink = way(np.asarray(coloured.convert("RGB")))
        if not ink.any():
            raise InvalidRequest("There is no ink.")
        box = located(ink).box
        return place(ink[box.grown(1).slices], box.longer_side)

    return pixels
