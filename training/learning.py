"""From rows to a candidate: which are believed, what is learned from them, how it is judged."""

from pathlib import Path

from tqdm import tqdm

from training import trust
from training.candidate import save_candidate
from training.collected import Collected
from training.cross_validation import cross_validated, fair
from training.examples import Examples
from training.fine_tuning import STRENGTHS, Replay, between, fine_tuned_once
from training.gate import Judges, gain, judged, objections
from training.nothing_to_learn import NothingToLearn
from training.options import Options
from training.parent import Parent
from training.retraining_report import Story


def learn(
    parent: Parent,
    collected: Collected,
    views: Examples,
    judges: Judges,
    replay: Replay,
    options: Options,
    run: Path,
) -> Story:
    """Cross-validate, believe or doubt, learn from what is believed, and judge it.

    Args:
        parent: the version in service.
        collected: the rows.
        views: variants of the rows.
        judges: the pictures that judge.
        replay: what must not be forgotten.
        options: how.
        run: a folder for what is trained.

    Raises:
        NothingToLearn: no label is believed.
    """
    labels, answered, doubted = collected.labels, parent.answered, parent.doubted
    before = judged(parent.model, judges)
    usable = ~doubted & fair(collected, options.seed)
    unlearned = cross_validated(
        parent, collected, usable, views, replay, before.temperature, options, run
    )
    believed = (usable | doubted & trust.named_as_labelled(unlearned[0], labels)) & ~(
        ~doubted & trust.contradicted(unlearned[0], labels, before.uncertain_below)
    )
    print(f"{int(believed.sum())} of {len(labels)} rows are learned from", flush=True)
    asked = believed & collected.is_digit
    if not asked.any():
        raise NothingToLearn(
            "Models that learned from some of the rows contradict all the others: no label is"
            " believed, and nothing was learned."
        )
    model = fine_tuned_once(
        parent.model, replay, views, believed, options.schedule, options.seed, run / "all.keras"
    )
    right_before = answered.argmax(axis=1) == labels
    attempts = []
    for k, strength in enumerate(tqdm(STRENGTHS, "judging")):
        mixed = between(parent.model, model, strength)
        after = judged(mixed, judges)
        right_after = unlearned[k].argmax(axis=1) == labels
        gained = gain(
            right_before[asked], right_after[asked], collected.contributors[asked], options.seed
        )
        artefact = run / f"strength-{strength}"
        cost = save_candidate(
            mixed, parent, collected, believed, before, after, gained, judges, artefact
        )
        against = objections(before, after, gained, cost, options.limits)
        attempts.append((strength, after, gained, against, artefact, right_after))
        if not against or gained.low <= 0:
            break  # what gained too little gains less with less strength
    strength, after, gained, against, artefact, right_after = min(
        attempts, key=lambda attempt: len(attempt[3])
    )
    return Story(
        before=before,
        after=after,
        gained=gained,
        strength=strength,
        objections=tuple(against),
        artefact=artefact,
        believed=believed,
        asked=asked,
        right_before=right_before,
        right_after=right_after,
        answers_before=answered.argmax(axis=1),
    )
