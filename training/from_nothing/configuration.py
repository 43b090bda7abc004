"""All that decides a training from nothing, as data: each setting with its unit and its reason."""

from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, field, fields
from typing import Any

from training.datasets.pen_digits import COMMITTED_HELD_OUT


def _setting(default: Any, unit: str, reason: str) -> Any:
    """A field of a dataclass that says what it is counted in, and why it is as it is."""
    return field(default=default, metadata={"unit": unit, "reason": reason})


def _needed(unit: str, reason: str) -> Any:
    return field(metadata={"unit": unit, "reason": reason})


@dataclass(frozen=True)
class Phase:
    """Epochs over which the learning rate rises for a twentieth of the steps, then falls to 0."""

    name: str = _needed("", "what it is for")
    epochs: int = _needed("epochs", "how long it takes")
    rate: float = _needed("learning rate of AdamW, at its highest", "how far it may move")
    shown: Mapping[str, int] = _needed(
        "variants of each item an epoch, by source", "what it learns from"
    )


_DRAWN = {"pen": 5, "non_digits": 1, "between": 1}

LEARNING = Phase("learning: everything warped", 22, 2e-3, {"warped": 2, **_DRAWN})
SETTLING = Phase("settling: half of MNIST as it is", 4, 5e-4, {"plain": 1, "warped": 1, **_DRAWN})
REDRAWN = Phase("settling: MNIST with other pens", 4, 5e-4, {"plain": 1, "redrawn": 1, **_DRAWN})


@dataclass(frozen=True)
class Configuration:
    """All that decides a training, but for the data sets."""

    architecture: str = _setting(
        "residual", "", "dense and LeNet do worse on the same budget: docs/model/architectures.md"
    )
    held_out: tuple[int, ...] = _setting(
        COMMITTED_HELD_OUT,
        "writers",
        "the first third calibrates, the others judge; none is learned",
    )
    phases: tuple[Phase, ...] = _setting(
        (LEARNING, SETTLING, REDRAWN, REDRAWN),
        "",
        "first everything warped, then what the network will really see, in short cycles"
        " (Loshchilov, Hutter 2017)",
    )
    batch: int = _setting(128, "pictures a step", "not varied")
    weight_decay: float = _setting(1e-4, "of AdamW, a step", "not varied")
    label_smoothing: float = _setting(
        0.02, "probability mass", "keeps logits from growing; the temperature undoes the rest"
    )
    ema_momentum: float = _setting(
        0.999, "share kept a step", "weights averaged over 1,000 steps; each epoch starts from them"
    )
    warped_variants: int = _setting(
        10,
        "variants of each MNIST picture",
        "five epochs of two repeat none",
    )
    redrawn_variants: int = _setting(
        6, "variants of each MNIST picture", "six epochs of one repeat none"
    )
    pen_variants: int = _setting(50, "variants of each pen digit", "ten epochs repeat none")
    non_digits_a_writer: int = _setting(
        400, "drawings of each writer", "one in twenty of an epoch's pictures"
    )
    non_digit_variants: int = _setting(6, "variants of each", "six epochs repeat none")
    between_a_writer: int = _setting(
        100, "drawings of each writer", "enough to be unsure of what is between two digits"
    )
    between_variants: int = _setting(6, "variants of each", "six epochs repeat none")
    examples_seed: int = _setting(1, "seed", "of all examples; another one draws others")
    seed: int = _setting(1, "seed", "of the weights, the order and the dropout")
    validation_mnist: int = _setting(
        0, "pictures", "of MNIST's last training pictures, left out to look at a recipe by"
    )

    @property
    def all_epochs(self) -> int:
        """How many epochs there are in all phases."""
        return sum(phase.epochs for phase in self.phases)

    def shows(self, source: str) -> bool:
        """Whether any phase shows a source."""
        return any(phase.shown.get(source) for phase in self.phases)


def recipe(configuration: Configuration) -> list[dict[str, Any]]:
    """The settings for a card: `setting`, `value`, `unit`, `reason`; each phase a setting."""
    rows = []
    for each in fields(configuration):
        value = asdict(configuration)[each.name]
        if each.name == "phases":
            rows += [_row(each, f"phase {k}", _told(p)) for k, p in enumerate(value, 1)]
        else:
            rows.append(_row(each, each.name, value))
    return rows


def _row(of: "Field[Any]", name: str, value: Any) -> dict[str, Any]:
    return {"setting": name, "value": value, **of.metadata}


def _told(phase: Mapping[str, Any]) -> str:
    shown = ", ".join(f"{n} × {source}" for source, n in phase["shown"].items())
    return f"{phase['name']}; {phase['epochs']} epochs, rate {phase['rate']:g}; {shown}"
