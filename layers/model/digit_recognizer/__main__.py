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

from digit_recognizer import csv_file, storage
from digit_recognizer.errors import DigitRecognizerError, StoreUnavailable
from digit_recognizer.settings import settings
from digit_recognizer.storage import Store

# Nobody waits for these requests but the operator, perhaps on a slow line.
_TIMEOUT = timedelta(minutes=2)


async def compact(store: Store) -> str:
    """Take the rows that arrived one by one into segments of the CSV."""
    from digit_recognizer import compaction

    current = await compaction.compact_all(store)
    return f"{current.rows} rows are in {len(current.segments)} segments."


async def import_csv(store: Store, file: Path) -> str:
    """Take the rows of a user_pixel_data.csv from elsewhere, once however often it is run."""
    from digit_recognizer import csv_import

    rows, new = await csv_import.import_file(store, file)
    return f"{file} has {rows} rows; {new} of them were new."


async def export_csv(store: Store, file: Path) -> str:
    """Write all rows to a file."""
    from digit_recognizer import assembly

    assembled = await assembly.assemble(store)
    with _replacing(file) as unfinished, unfinished.open("wb") as target:
        async for chunk in assembled.chunks():
            target.write(chunk)
    return f"{file} has {assembled.size} bytes."


async def reprocess(store: Store) -> str:
    """Make the pixels of old rows anew, with today's normalise."""
    from digit_recognizer import reprocessing

    done = await reprocessing.reprocess(store)
    return f"{done.anew} rows were made anew, {done.left} could not be and stay as they were."


async def models(store: Store) -> str:
    """List the versions of the model: figures, what is in service, and why."""
    from digit_recognizer import model_table

    return await model_table.table(store)


async def promote(store: Store, version: str, reason: str) -> str:
    """Put a version of the model into service; "built-in" is that of the package."""
    from digit_recognizer import promotions

    entry = await promotions.promote(store, version, reason or "Promoted by hand.")
    return f"Version {entry.version} is in service, instead of {entry.replaced}."


async def rollback(store: Store, reason: str) -> str:
    """Put the version back into service that was there before."""
    from digit_recognizer import promotions

    entry = await promotions.rollback(store, reason or "Rolled back by hand.")
    return f"Version {entry.version} is in service again, instead of {entry.replaced}."


_COMMANDS: dict[str, Callable[..., Coroutine[object, object, str]]] = {
    "compact": compact,
    "import-csv": import_csv,
    "export-csv": export_csv,
    "reprocess": reprocess,
    "models": models,
    "promote": promote,
    "rollback": rollback,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its status."""
    options = vars(_parser().parse_args(arguments))
    command = _COMMANDS[options.pop("command")]
    try:
        store = storage.open_store(settings().data_store, _TIMEOUT)
        print(asyncio.run(command(store, **options)))
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m digit_recognizer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in _COMMANDS.items():
        added = commands.add_parser(name, help=command.__doc__)
        if name.endswith("-csv"):
            default = Path(csv_file.FILE_NAME)
            nargs = "?" if name == "export-csv" else None
            added.add_argument("file", type=Path, nargs=nargs, default=default)
        if name == "promote":
            added.add_argument("version")
        if name in ("promote", "rollback"):
            added.add_argument("--reason", default="")
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
