"""The versions of the model as a table for an operator: figures, what is in service, and why."""

from collections.abc import Mapping
from typing import Any

from digit_recognizer import promotion_log, registry
from digit_recognizer.errors import UnfitModel
from digit_recognizer.promotion_log import Entry
from digit_recognizer.storage import Store

_HEAD = ("version", "created", "MNIST", "writers", "rows", "in service", "last entry of the log")
_NUMBERS = (2, 3, 4)  # columns


async def table(store: Store) -> str:
    """A line for each version, the newest first.

    Raises:
        UnfitModel: an entry of the log can't be read.
        StoreUnavailable: the store failed.
    """
    log = await promotion_log.log(store)
    last = {entry.version: entry for entry in log}
    about: dict[str, Mapping[str, Any] | None] = dict.fromkeys(last)
    for version in await registry.versions(store):
        try:
            about[version] = promotion_log.about(await registry.card(store, version))
        except UnfitModel:
            about[version] = None
    about[log[0].version] = log[0].about
    lines = [_line(version, about[version], last.get(version), log[-1]) for version in about]
    return _aligned([_HEAD, *sorted(lines, key=lambda line: line[1], reverse=True)])


def _line(
    version: str, about: Mapping[str, Any] | None, last: Entry | None, now: Entry
) -> tuple[str, ...]:
    since = f"since {_minute(now.at)}" if version == now.version else ""
    why = f"{last.kind}, {_minute(last.at)}: {last.reason}" if last else "never promoted"
    if about is None:
        return version, "damaged or gone", "", "", "", since, why
    figures = [
        f"{about['figures'][name]:.2f} %" if name in about["figures"] else ""
        for name in ("mnist_accuracy", "writers_accuracy")
    ]
    return version, _minute(about["created"]), *figures, f"{about['rows']:,}", since, why


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _aligned(lines: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
