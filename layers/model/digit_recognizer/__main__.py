"""What an operator does to a store: `python -m digit_recognizer COMMAND`, on DATA_STORE.

It prints what came of it. Its status is 1 if the store failed and 2 if what was asked for is wrong.
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from digit_recognizer.commands.status import status_of
from digit_recognizer.feedback import csv_format
from digit_recognizer.settings import settings
from digit_recognizer.store import condition, opening
from digit_recognizer.store.storage import Store

# Nobody waits for these requests but the operator, perhaps on a slow line.
_TIMEOUT = timedelta(minutes=2)


async def compact(store: Store) -> str:
    """Take the rows that arrived one by one into segments of the CSV."""
    from digit_recognizer.rows import compaction

    current = await compaction.compact_all(store)
    return f"{current.rows} rows are in {len(current.segments)} segments."


async def import_csv(store: Store, file: Path, skip_bad: bool) -> str:
    """Take the rows of a user_pixel_data.csv from elsewhere, once however often it is run."""
    from digit_recognizer.commands import csv_import

    done = await csv_import.import_file(store, file, skip_bad=skip_bad)
    said = [f"{file} has {done.rows} rows; {done.new} of them were new."]
    if done.empty:
        said.append(f"{done.empty} of its lines hold nothing.")
    if done.refused:
        said += done.all_sentences()
        said.append(f"{done.refused} lines were refused; they are in {done.beside}.")
    return "\n".join(said)


async def export_csv(store: Store, file: Path) -> str:
    """Write all rows to a file."""
    from digit_recognizer.download import csv_file

    assembled = await csv_file.assemble(store)
    with _replacing(file) as unfinished, unfinished.open("wb") as target:
        async for chunk in assembled.chunks():
            target.write(chunk)
        size = target.tell()
    return f"{file} has {size} bytes."


async def reprocess(store: Store) -> str:
    """Make the pixels of old rows anew, with today's normalise."""
    from digit_recognizer.rows import reprocessing

    done = await reprocessing.reprocess(store)
    return f"{done.anew} rows were made anew, {done.left} could not be and stay as they were."


async def check(store: Store, repair: bool) -> str:
    """Read the whole store and say what is broken; --repair makes a new manifest if it must."""
    from digit_recognizer.commands import store_check

    done = [await store_check.repair(store)] if repair else []
    return "\n".join([*done, await store_check.check(store)])


async def models(store: Store) -> str:
    """List the versions of the model: figures, what is in service, and why."""
    from digit_recognizer.commands import model_table

    return await model_table.table(store)


async def promote(store: Store, version: str, reason: str) -> str:
    """Put a version of the model into service; "built-in" is that of the package."""
    from digit_recognizer.models import promotion

    entry = await promotion.promote(store, version, reason or "Promoted by hand.")
    return f"Version {entry.version} is in service, instead of {entry.replaced}."


async def rollback(store: Store, reason: str) -> str:
    """Put the version back into service that was there before."""
    from digit_recognizer.models import promotion

    entry = await promotion.rollback(store, reason or "Rolled back by hand.")
    return f"Version {entry.version} is in service again, instead of {entry.replaced}."


async def anchor(store: Store, version: str, reason: str) -> str:
    """Let retrainings begin from a version of the model; "built-in" is that of the package."""
    from digit_recognizer.models import anchors

    made = await anchors.put(store, version, reason or "Set by hand.")
    return f"Retrainings begin from version {made.version} from now on."


async def review(store: Store, accept: str, reject: str, reason: str, sheet: Path) -> str:
    """Show the drawings that wait for a person, or accept or reject some of them."""
    from digit_recognizer.commands import review_sheet
    from digit_recognizer.models import reviews

    if accept or reject:
        made = await reviews.decide(store, accept or reject, bool(accept), reason)
        verdict = "accepted" if made.accepted else "rejected"
        return f"{len(made.region.ids)} drawings are {verdict}, and what is like them later."
    waiting = await reviews.waiting(store)
    sheet.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(sheet) as unfinished:
        unfinished.write_text(review_sheet.sheet(waiting), "utf-8")
    if not waiting:
        return "Nothing waits for a person."
    return f"{review_sheet.listed(waiting)}\nLook at them in {sheet}, then accept or reject each."


Command = Callable[..., Coroutine[object, object, str]]

_COMMANDS: dict[str, Command] = {
    "compact": compact,
    "import-csv": import_csv,
    "export-csv": export_csv,
    "reprocess": reprocess,
    "check": check,
    "models": models,
    "promote": promote,
    "rollback": rollback,
    "anchor": anchor,
    "review": review,
}
_READING = (export_csv, models)  # a store that may not be written serves these


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its status."""
    options = vars(_parser().parse_args(arguments))
    command = _COMMANDS[options.pop("command")]

    def run() -> str:
        store = opening.open_store(settings().data_store, _TIMEOUT)
        return asyncio.run(_run(store, command, options))

    return status_of(run)


async def _run(store: Store, command: Command, options: dict[str, Any]) -> str:
    if command not in _READING and options.get("repair", True):
        await condition.check(store)
    return await command(store, **options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m digit_recognizer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in _COMMANDS.items():
        added = commands.add_parser(name, help=command.__doc__)
        if name.endswith("-csv"):
            default = Path(csv_format.FILE_NAME)
            nargs = "?" if name == "export-csv" else None
            added.add_argument("file", type=Path, nargs=nargs, default=default)
        if name == "import-csv":
            what = (
                "take the other rows where lines are wrong; write those lines to FILE.refused.csv"
            )
            added.add_argument("--skip-bad", action="store_true", help=what)
        if name in ("promote", "anchor"):
            added.add_argument("version")
        if name in ("promote", "rollback", "anchor"):
            added.add_argument("--reason", default="")
        if name == "review":
            deciding = added.add_mutually_exclusive_group()
            deciding.add_argument("--accept", default="", help="the name of drawings that wait")
            deciding.add_argument("--reject", default="", help="the name of drawings that wait")
            added.add_argument("--reason", default="")
            added.add_argument("--sheet", type=Path, default=Path("review.html"))
        if name == "check":
            added.add_argument("--repair", action="store_true")
    return parser


@contextlib.contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """A place for a file's content, which takes the file's name once it is complete."""
    unfinished = file.with_name(f"{file.name}.part")
    try:
        yield unfinished
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
