"""The versions of the model as a table for an operator: figures, what is in service, and why."""

from collections.abc import Mapping
from typing import Any

from digit_recognizer.errors import UnfitModel
from digit_recognizer.models import promotion_log, trials, versions
from digit_recognizer.models.promotion_log import PROMOTIONS, Entry
from digit_recognizer.models.trials import Trial
from digit_recognizer.store.storage import Store

_HEAD = ("version", "created", "MNIST", "writers", "rows", "in service", "last entry of the log")
_NUMBERS = (2, 3, 4)  # columns


async def table(store: Store) -> str:
    """A line for each version, the newest first; and each entry of the log that can't be read.

    Raises:
        StoreUnavailable: the store failed.
    """
    log = await promotion_log.log(store)
    broken = set(await PROMOTIONS.numbers(store)) - {entry.number for entry in log}
    last = {entry.version: entry for entry in log}
    facts: dict[str, Mapping[str, Any] | None] = dict.fromkeys(last)
    for version in await versions.names(store):
        try:
            facts[version] = promotion_log.card_facts(await versions.card(store, version))
        except UnfitModel:
            facts[version] = None
    facts[log[0].version] = log[0].about
    _, trial = await trials.current(store)
    lines = [_line(name, facts[name], last.get(name), log[-1], trial) for name in facts]
    aligned = _aligned([_HEAD, *sorted(lines, key=lambda line: line[1], reverse=True)])
    passed_over = [f"{PROMOTIONS.key(n)} can't be read: it is passed over." for n in sorted(broken)]
    return "\n".join([aligned, *passed_over])


def _line(
    version: str,
    facts: Mapping[str, Any] | None,
    last: Entry | None,
    now: Entry,
    trial: Trial | None,
) -> tuple[str, ...]:
    since = f"since {_minute(now.at)}" if version == now.version else ""
    why = f"{last.kind}, {_minute(last.at)}: {last.reason}" if last else "never promoted"
    if trial is not None and (trial.version, trial.entry) == (version, now.number):
        why = f"on trial since {_minute(trial.at)}"
    if facts is None:
        return version, "damaged or gone", "", "", "", since, why
    figures = [
        f"{facts['figures'][name]:.2f} %" if name in facts["figures"] else ""
        for name in ("mnist_accuracy", "writers_accuracy")
    ]
    return version, _minute(facts["created"]), *figures, f"{facts['rows']:,}", since, why


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
