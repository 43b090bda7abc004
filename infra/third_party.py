"""`THIRD_PARTY.md`: every package that this project pins, with its licence.

`python -m infra.third_party write` makes it from what is installed in .venv, .venv-infra and
web/node_modules; `check` holds it against the pins, and asks nothing but the files here.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from typing import NamedTuple

from digit_recognizer.settings import PROJECT

FILE = PROJECT / "THIRD_PARTY.md"
WRITE_IT = "run `make licences`"

# By who gets them: a package is named where it comes first.
_GROUPS = {
    "In the Lambda functions and their layer": (
        "layers/model",
        "functions/predict",
        "functions/feedback",
        "functions/download",
    ),
    "In the local server, too": ("local",),
    "For training": ("training",),
    "For tests and linters": ("tests",),
    "For building and deploying": ("infra",),
    "For trying who reads Parquet": ("tests/readers",),
}
_PAGE = "In the page"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))?(?: \\)?$", re.MULTILINE)
_ROW = re.compile(r"^\| ([^ |]+) \| ([^ |]+) \|", re.MULTILINE)
_TABLE = ("| package | version | licence |", "| --- | --- | --- |")
_CLASSIFIER = "License :: "

# Licences that ask something of who passes a package on, and why nothing comes of it here.
_EXPLAINED = {
    "text-unidecode": (
        "may be taken under the Artistic License or the GPL, as one likes; taken here under the"
        " Artistic License. It comes with python-slugify, by cookiecutter, by the SAM CLI: it runs"
        " on the machine that builds and deploys, no code here imports it, and it is in nothing"
        " that is built, deployed or passed on."
    ),
}
_ASKS = re.compile(r"GPL|General Public License")

_HEAD = """\
# Third-party packages

Written by `make licences` from what is pinned and installed; `make lint` says when it is out of
date. What packages contain in turn is in the licence files that they bring: the Lambda artefacts
keep those. Pictures and strokes that the model learned from have licences of their own, see the
[model card](docs/model/README.md).
"""


class Package(NamedTuple):
    """A package as it is pinned."""

    name: str
    version: str


def main(arguments: list[str]) -> None:
    """Write the file, or end with a sentence if it is not what the pins say."""
    match arguments:
        case ["write"]:
            FILE.write_text(document(), "utf-8")
        case ["check"]:
            if sentence := difference(FILE.read_text("utf-8") if FILE.exists() else ""):
                sys.exit(sentence)
        case _:
            sys.exit("Say what to do: write or check.")


def document() -> str:
    """The file's text.

    Raises:
        SystemExit: a package is not installed, so that its licence is not known, or it has one
            that nobody has thought about.
    """
    licences = _python_licences()
    sections = [_HEAD]
    for title, packages in pinned().items():
        rows, notes = [], []
        for package in packages:
            licence = _npm_licence(package) if title == _PAGE else licences.get(package.name)
            if licence is None:
                sys.exit(
                    f"{package.name} {package.version} is not installed; run `make test` once."
                )
            rows.append(f"| {package.name} | {package.version} | {licence} |")
            if _ASKS.search(licence):
                notes += ["", explained(package, licence)]
        sections.append("\n".join([f"## {title}", "", *_TABLE, *rows, *notes]))
    return "\n\n".join(section.rstrip() for section in sections) + "\n"


def explained(package: Package, licence: str) -> str:
    """Why a package may be used here although its licence is the GPL, or one of its kind.

    Raises:
        SystemExit: nobody has said why.
    """
    if package.name not in _EXPLAINED:
        sys.exit(
            f"{package.name} is under {licence}: say in infra/third_party.py why it may be used"
            " here, or do without it."
        )
    return f"`{package.name}` {_EXPLAINED[package.name]}"


def pinned() -> dict[str, list[Package]]:
    """All packages by group, each in the first group that has it."""
    seen: set[Package] = set()
    groups = {}
    for title, parts in _GROUPS.items():
        here = {package for part in parts for package in _python_pins(part)} - seen
        seen |= here
        groups[title] = sorted(here)
        if title.startswith("In the local"):
            groups[_PAGE] = sorted(_npm_pins())
    return groups


def difference(text: str) -> str | None:
    """What a file's text lacks or has too much, in a sentence; None if it is as it should be."""
    listed = {Package(*row) for row in _ROW.findall(text)}
    listed -= {Package(*head) for head in _ROW.findall("\n".join(_TABLE))}
    wanted = {package for packages in pinned().values() for package in packages}
    if listed == wanted:
        return None
    names = ", ".join(f"{name} {version}" for name, version in sorted(listed ^ wanted)[:5])
    return f"{FILE.name} is not what is pinned ({names}): {WRITE_IT}."


def _python_pins(part: str) -> Iterator[Package]:
    requirements = (PROJECT / part / "requirements.txt").read_text("utf-8")
    for name, version, marker in _PIN.findall(requirements):
        # Nothing here runs on Windows or in a browser.
        if "win32" not in marker and "== 'emscripten'" not in marker:
            yield Package(name, version)


def _npm_pins() -> Iterator[Package]:
    lock = json.loads((PROJECT / "web" / "package-lock.json").read_text("utf-8"))
    for path, entry in lock["packages"].items():
        # Types are for the compiler only; what is left may end in the bundle.
        if path and not entry.get("dev") and "/@types/" not in path:
            yield Package(path.rpartition("node_modules/")[2], entry["version"])


def _python_licences() -> dict[str, str]:
    """The licence of each installed package, by its normalised name."""
    environments = [PROJECT / name / "lib" for name in (".venv-readers", ".venv-infra", ".venv")]
    places = [str(place) for lib in environments for place in lib.glob("python3.*/site-packages")]
    return {
        re.sub(r"[-_.]+", "-", distribution.name).lower(): licence_of(distribution)
        for distribution in distributions(path=places)
    }


def licence_of(distribution: Distribution) -> str:
    """The expression, else what the classifiers say, else the first line of the field."""
    metadata = distribution.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    given = [
        classifier.rpartition(" :: ")[2]
        for classifier in metadata.get_all("Classifier") or []
        if classifier.startswith(_CLASSIFIER) and classifier != "License :: OSI Approved"
    ]
    if given:
        return ", ".join(given)
    stated = metadata["License"].strip() if "License" in metadata else ""
    return stated.partition("\n")[0] or "not stated"


def _npm_licence(package: Package) -> str | None:
    for manifest in (PROJECT / "web" / "node_modules").glob(f"**/{package.name}/package.json"):
        described = json.loads(manifest.read_text("utf-8"))
        if described.get("version") == package.version:
            return str(described.get("license", "not stated"))
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
