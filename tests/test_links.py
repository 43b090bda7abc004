"""What the documents name is there: files, folders, headings."""

import os
import re
from functools import lru_cache
from pathlib import Path

import pytest

from digit_recognizer.settings import PROJECT

DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
PICTURES = sorted(PROJECT.glob("docs/*.svg"))

ROOTS = ("benchmarks", "docs", "functions", "infra", "layers", "local", "tests", "training", "web")
MADE = {"__pycache__", "dist", "node_modules"}

LINK = re.compile(r"\]\(([^)\s]+)\)")
# As documents write a file or folder: from the root, or from the shared package, which "…" is, too.
PATH = re.compile(rf"(?<![\w./<>-])(?:{'|'.join(ROOTS)}|digit_recognizer|…)/[\w./*-]*\w")
# Or by the end of its path: `compaction.py`, `rows/compaction.py`.
END = re.compile(r"(?<![\w./…*-])(?:\w+/)*\w+\.(?:py|tsx?|css|yaml|toml)\b")


def named(file: Path) -> str:
    return file.relative_to(PROJECT).as_posix()


@lru_cache(maxsize=1)
def sources() -> list[str]:
    """The paths of all files under ROOTS, as /root/…/file."""
    files = [f"/{file.name}" for file in PROJECT.iterdir() if file.is_file()]
    for root in ROOTS:
        for folder, below, here in os.walk(PROJECT / root):
            below[:] = set(below) - MADE
            files += [f"/{named(Path(folder, name))}" for name in here]
    return files


def anchors(document: Path) -> set[str]:
    """The headings of a document as GitHub's links name them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    for link in LINK.findall(document.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, heading = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


@pytest.mark.parametrize("document", [*DOCUMENTS, *PICTURES], ids=named)
def test_paths_in_the_text_are_those_of_files(document: Path) -> None:
    text = LINK.sub("]", document.read_text("utf-8"))
    for path in PATH.findall(text):
        whole = re.sub("^(…|digit_recognizer)", "layers/model/digit_recognizer", path)
        assert any(PROJECT.glob(whole)), path
    for end in END.findall(text):
        assert any(file.endswith(f"/{end}") for file in sources()), end


def test_the_picture_of_the_rooms_shows_each_of_them() -> None:
    picture = (PROJECT / "docs" / "rooms.svg").read_text("utf-8")
    shown = set(re.findall(r"\w+", " ".join(re.findall(r">([^<]+)</t", picture))))
    houses = ("layers/model/digit_recognizer", "training", "benchmarks", "web/src", "web/src/pages")
    folders = {
        folder.name for house in houses for folder in (PROJECT / house).iterdir() if folder.is_dir()
    }
    assert folders - MADE - {"artefacts"} <= shown
