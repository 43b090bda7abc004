"""What the artefacts weigh, against AWS's limit and against ours."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from infra.packaging import tree
from infra.packaging.artefacts import FUNCTIONS, LAYER_NAME, PROJECT
from infra.packaging.target import PackagingError, Target

MIB = 1 << 20
# Lambda refuses a function that weighs more than this together with its layers, unzipped.
AWS_LIMIT = 250 * MIB
# Ours: what is small starts fast.
UNZIPPED_LIMIT = 150 * MIB
ZIPPED_LIMIT = 50 * MIB

BUILT = PROJECT / ".aws-sam" / "build"


@dataclass(frozen=True, slots=True)
class Weight:
    """An artefact's bytes: as unpacked, as sent, and unpacked by package."""

    unzipped: int
    zipped: int
    packages: Counter[str]


def weigh(built: Path = BUILT) -> dict[str, Weight]:
    """The weight of each artefact in a folder that `sam build` made.

    Raises:
        PackagingError: an artefact is not there, or not whole.
    """
    check_whole(built)
    return {name: _weight(built / name) for name in (LAYER_NAME, *FUNCTIONS)}


def check_whole(built: Path = BUILT) -> None:
    """Make sure that a build folder has all that the stack needs.

    Raises:
        PackagingError: something is missing: the build was stopped, or never run.
    """
    needed = [built / "template.yaml"]
    needed += [built / LAYER_NAME / "python" / "digit_recognizer" / "errors.py"]
    needed += [built / function / "app.py" for function in FUNCTIONS]
    for path in needed:
        if not path.is_file():
            raise PackagingError(
                f"The build is not whole: {path.relative_to(built)} is missing; run `make build`."
            )


def built_for(layer: Path) -> Target:
    """The runtime that a built layer is for, as its binary modules are named.

    Raises:
        PackagingError: there are none.
    """
    for module in layer.rglob("*.cpython-*-linux-gnu.so"):
        if found := re.search(r"\.cpython-(\d)(\d+)-(\w+)-linux-gnu\.so$", module.name):
            processor = "arm64" if found[3] == "aarch64" else found[3]
            return Target(f"{found[1]}.{found[2]}", processor)
    raise PackagingError("The layer has no binary modules; run `make build`.")


def check(weights: dict[str, Weight]) -> None:
    """Hold each function with its layers against the limits.

    Raises:
        PackagingError: one is too heavy.
    """
    for function in FUNCTIONS:
        parts = [weights[function], weights[LAYER_NAME]]
        unzipped = sum(part.unzipped for part in parts)
        zipped = sum(part.zipped for part in parts)
        if unzipped > UNZIPPED_LIMIT or zipped > ZIPPED_LIMIT:
            packages = parts[0].packages + parts[1].packages
            package, most = packages.most_common(1)[0]
            raise PackagingError(
                f"{function} with its layer weighs {unzipped / MIB:.1f} MiB unzipped and"
                f" {zipped / MIB:.1f} MiB zipped, the limits are {UNZIPPED_LIMIT // MIB} and"
                f" {ZIPPED_LIMIT // MIB} (AWS's is {AWS_LIMIT // MIB} unzipped): trim a package"
                f" in infra/packaging/trim.py, the largest is {package} ({most / MIB:.1f} MiB)."
            )


def table(weights: dict[str, Weight]) -> str:
    """The weights as Markdown tables: by artefact, and the layer's by package."""
    lines = ["| artefact | unzipped, MiB | zipped, MiB |", "| --- | ---: | ---: |"]
    for name, weight in weights.items():
        lines.append(f"| {name} | {weight.unzipped / MIB:.1f} | {weight.zipped / MIB:.1f} |")
    layer = weights[LAYER_NAME]
    for function in FUNCTIONS:
        unzipped = weights[function].unzipped + layer.unzipped
        zipped = weights[function].zipped + layer.zipped
        lines.append(f"| {function} + layer | {unzipped / MIB:.1f} | {zipped / MIB:.1f} |")
    lines += ["", "| package in the layer | unzipped, MiB |", "| --- | ---: |"]
    for package, bytes_ in layer.packages.most_common():
        if bytes_ >= MIB // 10:
            lines.append(f"| {package} | {bytes_ / MIB:.1f} |")
    return "\n".join(lines)


def _weight(folder: Path) -> Weight:
    packages: Counter[str] = Counter()
    for path in tree.files(folder):
        inside = path.relative_to(folder).parts
        top = next(part for part in inside if part not in ("python", "__pycache__"))
        packages[_package(top)] += path.stat().st_size
    return Weight(tree.size(folder), len(tree.zipped(folder)), packages)


def _package(top: str) -> str:
    """The package that a folder belongs to: `pillow.libs` is Pillow's, as `PIL` is."""
    name = top.removesuffix(".py").partition("-")[0].partition(".")[0]
    return {"PIL": "pillow"}.get(name, name)
