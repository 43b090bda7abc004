"""Photos, scans and screenshots of held-out writers' digits: how many of each kind are read right.

Each picture is written as the file that a client would send, and goes through `preprocess`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from digit_recognizer.errors import InvalidRequest
from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.arrays import Float, Grey, Mask
from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.preprocessing import preprocess
from training.datasets.pen_digits import PenDigit
from training.drawings.hands import Distortion, distort
from training.drawings.scenes import camera
from training.drawings.scenes.kinds import HELD_OUT_KINDS, KINDS
from training.drawings.scenes.scene import Scene
from training.evaluation.intervals import Interval, share
from training.evaluation.renditions import as_sent

SCENES_A_KIND = 300

_SIDE = 360  # pixels of a picture's longer side
_MILD = Distortion(rotation=4, slant=8, stretch=0.12, warp=0.02, wobble=0.006, loose=0.01)
_SHOWN = 8  # pictures a kind on the contact sheet
_THUMB = 84  # pixels


@dataclass(frozen=True)
class ScenesRead:
    """What was made of the scenes of one kind.

    Attributes:
        labels: int[n].
        writers: int[n].
        probabilities: float32[n, 10]; all 0 where the picture was refused.
        shown: the first scenes, with what the model saw of each.
    """

    labels: NDArray[np.int64]
    writers: NDArray[np.int64]
    probabilities: Float
    shown: list[tuple[Scene, Grey]]

    @property
    def right(self) -> Mask:
        """Which were read as labelled: bool[n]."""
        answered = self.probabilities.max(axis=1) > 0
        return np.asarray(answered & (self.probabilities.argmax(axis=1) == self.labels))

    def wrong_and_sure(self, uncertain_below: float) -> Mask:
        """Which were read otherwise, at a confidence that is not called unsure: bool[n]."""
        return np.asarray(~self.right & (self.probabilities.max(axis=1) >= uncertain_below))


def read_scenes(
    classifier: Classifier, digits: Sequence[PenDigit], seed: int, n: int = SCENES_A_KIND
) -> dict[str, ScenesRead]:
    """Have `n` scenes of each kind read.

    Args:
        classifier: the model.
        digits: of writers whom neither the model nor the ink finder has seen.
        seed: of the scenes.
        n: how many of each kind.
    """
    read = {}
    for number, (name, kind) in enumerate(tqdm(KINDS.items(), "scenes")):
        rng = np.random.default_rng([seed, 19, number])
        labels, writers = np.zeros(n, np.int64), np.zeros(n, np.int64)
        answers = np.zeros((n, 10), np.float32)
        shown: list[tuple[Scene, Grey]] = []
        for k in range(n):
            digit = digits[int(rng.integers(len(digits)))]
            scene = kind(distort(digit.strokes, rng, _MILD), rng, _SIDE)
            labels[k], writers[k] = digit.label, digit.writer
            pixels = np.zeros((SIDE, SIDE), np.uint8)
            try:
                pixels = preprocess(url_of(scene))
            except InvalidRequest:  # a refused digit is a mistake
                pass
            else:
                answers[k] = classifier.probabilities(pixels)
            if k < _SHOWN:
                shown.append((scene, pixels))
        read[name] = ScenesRead(labels, writers, answers, shown)
    return read


def url_of(scene: Scene) -> str:
    """A scene as a client sends it."""
    return as_sent(camera.sent(scene), "JPEG" if scene.quality else "PNG")


def scene_figures(read: Mapping[str, ScenesRead], uncertain_below: float) -> dict[str, Interval]:
    """Percent right, and wrong and sure: of each kind, over all, and over the kinds held out.

    Args:
        read: what `read_scenes` gave.
        uncertain_below: the confidence below which an answer is called unsure.
    """

    def percent(hits: Sequence[Mask], scenes: Sequence[ScenesRead]) -> Interval:
        together = np.concatenate(hits)[:, None]
        writers = np.concatenate([each.writers for each in scenes])
        return share(together, np.ones_like(together), writers)

    def right(scenes: Sequence[ScenesRead]) -> Interval:
        return percent([each.right for each in scenes], scenes)

    def sure(scenes: Sequence[ScenesRead]) -> Interval:
        return percent([each.wrong_and_sure(uncertain_below) for each in scenes], scenes)

    every = list(read.values())
    unseen = [read[name] for name in HELD_OUT_KINDS]
    return {
        "scenes_accuracy": right(every),
        "scenes_of_unseen_kinds_accuracy": right(unseen),
        "scenes_wrong_and_sure": sure(every),
        **{f"scene: {name}": right([scenes]) for name, scenes in read.items()},
        **{f"scene, sure: {name}": sure([scenes]) for name, scenes in read.items()},
    }


def draw_scenes(file: Path, read: Mapping[str, ScenesRead]) -> None:
    """A contact sheet: of each kind some pictures, and beside each what the model saw."""
    rows = []
    for name, scenes in read.items():
        head = np.full((_THUMB, 2 * _THUMB, 3), 255, np.uint8)
        cv2.putText(
            head,
            name,
            (4, _THUMB // 2),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.42,
            (40, 40, 40),
            1,
            cv2.LINE_AA,
        )
        rows.append(np.hstack([head, *(_pair(*pair) for pair in scenes.shown)]))
    Image.fromarray(np.vstack(rows)).save(file, optimize=True)


def _pair(scene: Scene, pixels: Grey) -> Grey:
    picture = Image.fromarray(scene.picture).convert("RGB")
    picture.thumbnail((_THUMB - 4, _THUMB - 4), Image.Resampling.BOX)
    pair = Image.new("RGB", (_THUMB + _THUMB // 2 + 8, _THUMB), "white")
    pair.paste(picture, (2, 2))
    seen = Image.fromarray(255 - pixels).resize((_THUMB // 2, _THUMB // 2))
    pair.paste(seen, (_THUMB, _THUMB // 4))
    return np.asarray(pair)
