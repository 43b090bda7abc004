"""The artefacts: the layer with the shared package and the model, a folder for each function."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.packaging import bytecode, tree, wheels
from infra.packaging.target import PackagingError, Target
from infra.packaging.trim import UNUSED_PACKAGES, trim

PROJECT = Path(__file__).resolve().parents[2]
LAYER = PROJECT / "layers" / "model"
FUNCTIONS = {
    "PredictFunction": "predict",
    "FeedbackFunction": "feedback",
    "DownloadFunction": "download",
    "CompactFunction": "download",
}
LAYER_NAME = "ModelLayer"

_MODEL = (
    "digit_recognizer_model.tflite",
    "model_card.json",
    "ink_finder.tflite",
    "digit_judge.tflite",
    "digit_centres.tflite",
)


def build_layer(into: Path, target: Target) -> None:
    """Make the layer: on Lambda its `python/` is `/opt/python`.

    Raises:
        PackagingError: the model is missing, or a dependency can't be had for the target.
    """
    package = LAYER / "digit_recognizer"
    missing = [name for name in _MODEL if not (package / "artefacts" / name).is_file()]
    if missing:
        raise PackagingError(
            f"The model is not there: {', '.join(missing)} is missing in"
            " layers/model/digit_recognizer/artefacts; check it out again, or run `make train`."
        )
    with _made_whole(into) as folder:
        python = folder / "python"
        wheels.install(LAYER / "requirements.txt", python, target, without=UNUSED_PACKAGES)
        trim(python)
        _copy_package(package, python / "digit_recognizer")
        for name in _MODEL:
            (python / "digit_recognizer" / "artefacts").mkdir(exist_ok=True)
            shutil.copyfile(
                package / "artefacts" / name, python / package.name / "artefacts" / name
            )
        shutil.copyfile(PROJECT / "LICENSE", python / "digit_recognizer" / "LICENSE")
        bytecode.compile_tree(python, target, "/opt/python")


def build_function(name: str, into: Path, target: Target) -> None:
    """Make a function's folder: its handler and what the layer doesn't have; `/var/task` on Lambda.

    Args:
        name: of the folder below `functions/`.
        into: where to; it is replaced.
        target: the runtime.

    Raises:
        PackagingError: a dependency can't be had for the target.
    """
    source = PROJECT / "functions" / name
    with _made_whole(into) as folder:
        in_layer = wheels.names(LAYER / "requirements.txt") - UNUSED_PACKAGES
        wheels.install(source / "requirements.txt", folder, target, without=in_layer)
        trim(folder)
        for module in sorted(source.glob("*.py")):
            shutil.copyfile(module, folder / module.name)
        bytecode.compile_tree(folder, target, "/var/task")


@contextmanager
def _made_whole(into: Path) -> Iterator[Path]:
    """A folder that appears under its name only when all of it is there."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=f".{into.name}-") as scratch:
        folder = Path(scratch, into.name)
        folder.mkdir()
        yield folder
        tree.normalise(folder)
        if into.exists():
            shutil.rmtree(into)
        folder.rename(into)


def _copy_package(package: Path, to: Path) -> None:
    """The package's modules, without what tests or an editor left beside them."""
    for module in sorted(package.rglob("*.py")):
        place = to / module.relative_to(package)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, place)
