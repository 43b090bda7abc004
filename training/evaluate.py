"""Judge the artefact on what its training never touched: `python -m training.evaluate`.

Everything goes through the code that serves: `normalise` (MNIST and the renditions as pictures, so
through `preprocess`) and the LiteRT interpreter. Prints the figures and adds them to the card; of
the model in the package it draws the report in `docs/model/`.
"""

import argparse
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digit_recognizer.recognition.classifier import Classifier
from digit_recognizer.recognition.model import ARTEFACTS, CARD_FILE, LITERT_FILE, Model, sha256_of
from training.datasets.mnist import load_mnist
from training.datasets.pen_digits import (
    COMMITTED_HELD_OUT,
    judging_writers,
    load_pen_digits,
    split_writers,
)
from training.evaluation.answers import answers_of, save_answers
from training.evaluation.by_writer import figures_by_writer
from training.evaluation.figures import facts_on_card, grid_answers
from training.evaluation.folds import check_recipe, on_card, pooled
from training.evaluation.inner import inner_figures
from training.evaluation.intervals import Interval
from training.evaluation.judging import Judgement, judge
from training.evaluation.model_card import Evaluation, write_report
from training.evaluation.scenes import read_scenes, scene_figures
from training.evaluation.speed import measure_speed
from training.evaluation.strange import evaluate_styles
from training.folders import MODEL_DOCS
from training.network.artefact import install, read_card, smoke_test, write_card


def evaluate(
    artefact: Path,
    mnist_file: Path | None = None,
    pen_file: Path | None = None,
    seed: int = 7,
    folds: Sequence[Path] = (),
) -> Evaluation:
    """Judge an artefact, work its figures out, and write them on its card.

    Its answers are written beside it (not beside the one in the package), so that it can be one of
    `folds` of another evaluation.

    Raises:
        FileNotFoundError: a data set is not where an option says.
        ValueError: the folds are not of this artefact's recipe, or were not evaluated.
    """
    card = read_card(artefact)
    held_out = card["configuration"]["held_out"]
    _, test = load_mnist(mnist_file)
    _, unseen = split_writers(load_pen_digits(pen_file), held_out)
    classifier = Classifier(Model.from_files(artefact / LITERT_FILE, artefact / CARD_FILE))
    judgement = judge(classifier, test, unseen, held_out, seed)
    judging = [digit for digit in unseen if digit.writer in judging_writers(held_out)]
    styled = evaluate_styles(classifier, judging, seed)
    uncertain_below = round(grid_answers(judgement).not_sure_below, 4)
    writers = np.array([digit.writer for digit in unseen])
    answers = answers_of(judgement, styled, writers, uncertain_below)
    litert = (artefact / LITERT_FILE).read_bytes()
    photographed = [digit for digit in judging if digit.writer in COMMITTED_HELD_OUT]
    scenes = read_scenes(classifier, photographed, seed)
    figures = {
        **figures_by_writer([answers]),
        **scene_figures(scenes, uncertain_below),
        **measure_speed(classifier, unseen),
    }
    card |= card_facts(card, judgement, figures, uncertain_below)
    card["figures"]["bytes"] = len(litert)
    card["sha256"] = sha256_of(litert)
    if artefact != ARTEFACTS:  # what is there is served
        save_answers(artefact, answers)
    write_card(artefact, card)
    if folds:
        for folder in folds:
            check_recipe(card, read_card(folder), folder)
        card["folds"] = pooled(folds)
        write_card(artefact, card)
    return Evaluation(card, judgement, styled, scenes)


def card_facts(
    card: Mapping[str, Any],
    judgement: Judgement,
    figures: Mapping[str, Interval],
    uncertain_below: float,
) -> dict[str, Any]:
    """What the card says after an evaluation: from where on it is sure, smoke test, figures.

    Args:
        card: as the training wrote it.
        judgement: what was judged.
        figures: by name, with their intervals.
        uncertain_below: the confidence below which "not sure" is said.
    """
    mnist = judgement.mnist
    told = on_card(figures)
    return {
        "uncertain_below": uncertain_below,
        "smoke_test": smoke_test(
            np.stack(mnist.pixels), np.array(mnist.labels), np.stack(mnist.probabilities)
        ),
        "intervals": told["intervals"],
        "figures": {
            **told["figures"],
            **facts_on_card(judgement),
            "machine": f"{platform.machine()}, one thread",
            "training_minutes": round(sum(row["seconds"] for row in card["epochs"]) / 60),
        },
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--artefact", type=Path, default=ARTEFACTS, help="folder to judge")
    parser.add_argument("--mnist", type=Path, help="path of mnist.npz")
    parser.add_argument("--pen", type=Path, help="path of the UNIPEN file of pen digits")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--folds",
        type=Path,
        nargs="+",
        default=(),
        metavar="ARTEFACT",
        help="evaluated artefacts of the same recipe, one of each fold (this one, too) and any of"
        " other seeds: their answers are pooled on the card",
    )
    parser.add_argument(
        "--report",
        type=Path,
        help="folder of the report; docs/model for the model in the package",
    )
    parser.add_argument(
        "--inner",
        action="store_true",
        help="only print figures on the calibration writers, which choices may be made by",
    )
    parser.add_argument("--install", action="store_true", help="put it into the package afterwards")
    arguments = parser.parse_args()
    if arguments.inner:
        for name, (value, low, high) in inner_figures(
            arguments.artefact, arguments.pen, arguments.seed
        ).items():
            print(f"{name:40} {value:9.4f} ({low:.4f} … {high:.4f})")
        return
    try:
        evaluation = evaluate(
            arguments.artefact,
            arguments.mnist,
            arguments.pen,
            arguments.seed,
            arguments.folds,
        )
    except (FileNotFoundError, ValueError) as error:
        parser.exit(2, f"{error}\n")
    print(json.dumps(evaluation.card["figures"], indent=2, ensure_ascii=False))
    if arguments.install:
        install(arguments.artefact, ARTEFACTS)
    installed = arguments.install or arguments.artefact == ARTEFACTS
    report = arguments.report or (MODEL_DOCS if installed else None)
    if report:
        write_report(report, evaluation)


if __name__ == "__main__":
    main()
