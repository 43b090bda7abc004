"""What a model said of each drawing, by writer: kept beside an artefact, to pool folds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Float, Mask
from training.datasets.mnist import NOT_A_DIGIT
from training.evaluation.judging import Judgement, Results
from training.evaluation.strange import Styled

FILE = "answers.npz"

GRID, MNIST, REDRAWN, PLAIN = "grid", "MNIST", "MNIST redrawn", "plain"
NO_DIGIT, STYLE = "no digit: ", "style: "
"""What the names of such groups begin with."""


@dataclass(frozen=True)
class Answers:
    """What a model says of drawings, each in several views (cells of the grid, pens).

    Attributes:
        writers: of each drawing, uint16[n]; a picture of MNIST is a writer of its own.
        labels: uint8[n].
        answers: uint8[n, views].
        confidence: float32[n, views].
        unsure: of which "not sure" is said, bool[n, views].
    """

    writers: NDArray[np.uint16]
    labels: NDArray[np.uint8]
    answers: NDArray[np.uint8]
    confidence: Float
    unsure: Mask

    @property
    def right(self) -> Mask:
        """Which answers are right: bool[n, views]."""
        return np.asarray(self.answers == self.labels[:, None])


def answers_of(
    judgement: Judgement,
    styled: Mapping[str, Styled],
    writers: NDArray[np.integer],
    uncertain_below: float,
) -> dict[str, Answers]:
    """All that was judged, but for the calibration writers' drawings.

    Args:
        judgement: grid, renditions and, unless none were asked for, MNIST and drawings that are
            no digit.
        styled: styles by name, written by those who judge.
        writers: of the digits of the grid, int[n].
        uncertain_below: the confidence below which "not sure" is said.
    """
    judging = ~judgement.calibration
    own = writers[judging]
    pictures = np.arange(len(judgement.mnist.labels))
    cells = list(judgement.grid.values())

    def answers(results: Sequence[Results], writers: NDArray[np.integer], kept: Mask) -> Answers:
        """Of results that are views of the same drawings."""
        probabilities = np.stack([np.stack(view.probabilities) for view in results], axis=1)[kept]
        confidence = probabilities.max(axis=2)
        return Answers(
            writers.astype(np.uint16),
            np.array(results[0].labels, np.uint8)[kept],
            probabilities.argmax(axis=2).astype(np.uint8),
            confidence.astype(np.float32),
            confidence < uncertain_below,
        )

    def views(results: Results, n: int) -> list[Results]:
        """Results that list `n` views of each drawing, one after the other."""
        return [Results([], results.labels[k::n], results.probabilities[k::n]) for k in range(n)]

    everything = np.ones(len(pictures), bool)
    found = {GRID: answers(cells, own, judging)}
    if len(pictures):
        pens = len(judgement.redrawn.labels) // len(pictures)
        found[MNIST] = answers([judgement.mnist], pictures, everything)
        found[REDRAWN] = answers(views(judgement.redrawn, pens), pictures, everything)
    for name, results in judgement.renditions.items():
        rounds = len(results.labels) // len(own)
        found[name] = answers([results], np.tile(own, rounds), np.ones(len(own) * rounds, bool))
    for name, style in styled.items():
        whole = np.ones(len(style.writers), bool)
        found[STYLE + name] = answers([style.results], np.array(style.writers), whole)
    for kind, confidence in judgement.non_digits.items():
        n = len(confidence)
        found[NO_DIGIT + kind] = Answers(
            np.arange(n, dtype=np.uint16),
            np.full(n, NOT_A_DIGIT, np.uint8),
            np.zeros((n, 1), np.uint8),
            confidence[:, None],
            confidence[:, None] < uncertain_below,
        )
    return found


def save_answers(folder: Path, answers: Mapping[str, Answers]) -> None:
    """Write them beside an artefact's files."""
    arrays = {
        f"{name}/{each.name}": getattr(of, each.name)
        for name, of in answers.items()
        for each in fields(of)
    }
    np.savez_compressed(folder / FILE, **arrays)


def load_answers(folder: Path) -> dict[str, Answers]:
    """Read what `save_answers` wrote.

    Raises:
        ValueError: the artefact was not evaluated.
    """
    if not (folder / FILE).is_file():
        raise ValueError(f'{folder} was not evaluated: make evaluate ARGS="--artefact {folder}"')
    with np.load(folder / FILE) as stored:
        names = dict.fromkeys(name.rpartition("/")[0] for name in stored)
        return {
            name: Answers(**{each.name: stored[f"{name}/{each.name}"] for each in fields(Answers)})
            for name in names
        }


def together(answers: Sequence[Answers]) -> Answers:
    """Those of several folds, one after the other."""
    return Answers(
        **{
            each.name: np.concatenate([getattr(one, each.name) for one in answers])
            for each in fields(Answers)
        }
    )
