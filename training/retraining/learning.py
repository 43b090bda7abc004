"""From rows to a candidate: which are believed, what is learned from them, how it is judged."""

from collections.abc import Iterable
from dataclasses import replace

from tqdm import tqdm

from digit_recognizer.recognition.arrays import Float
from training.retraining import doubt
from training.retraining.anchor import Anchor
from training.retraining.candidate import Attempt, save_candidate
from training.retraining.cross_validation import cross_validated, fair
from training.retraining.fine_tuning import STRENGTHS, FineTuning, between
from training.retraining.gain import gain
from training.retraining.gate import Before, objections
from training.retraining.judges import (
    Judges,
    cautious_temperature,
    judged_as_served,
    judged_network,
)
from training.retraining.nothing_to_learn import check_believed
from training.retraining.parent import Parent, answers
from training.retraining.settling import Rows
from training.retraining.story import Story


def learn(tuning: FineTuning, anchor: Anchor, parent: Parent, rows: Rows, judges: Judges) -> Story:
    """Cross-validate, believe or doubt, learn from what is believed, and judge it.

    Args:
        tuning: how models learn.
        anchor: what they begin from.
        parent: the version in service.
        rows: what was settled about the rows.
        judges: the pictures that judge.

    Raises:
        NothingToLearn: no label is believed.
    """
    collected, evidence, sure = rows.collected, rows.evidence, anchor.sure_from
    labels, seed = collected.labels, tuning.options.seed
    before = _before(anchor, parent, rows, judges)
    usable = rows.trusted & fair(collected, seed)
    held_out_probabilities = cross_validated(tuning, anchor, collected, usable, rows.groups)
    believed = doubt.believed(labels, rows.doubted, usable, held_out_probabilities[0], sure)
    believed |= rows.accepted & usable
    print(f"{int(believed.sum())} of {len(labels)} rows are learned from", flush=True)
    check_believed(believed & collected.is_digit)
    tuned = tuning.once(believed, "all")
    answers_before = answers(parent.served, collected.pixels).argmax(axis=1)
    right_before = answers_before == labels

    def attempt(strength: float, probabilities: Float) -> Attempt:
        model = between(anchor.model, tuned, strength)
        right = probabilities.argmax(axis=1) == labels
        by = collected.contributors[evidence]
        gained = gain(right_before[evidence], right[evidence], by, seed)
        artefact = tuning.folder / f"strength-{strength}"
        own = cautious_temperature(model, anchor.temperature, sure, judges)
        made = Attempt(
            strength, model, judged_network(model, own, sure, judges), right, gained, artefact
        )
        cost = save_candidate(made, anchor, collected, believed, judges)
        against = objections(before, made.judged, gained, cost, tuning.options.limits)
        return replace(made, objections=tuple(against))

    attempts = map(attempt, tqdm(STRENGTHS, "judging"), held_out_probabilities)
    best = first_without_objection(attempts, needs_gain=before.parent is not None)
    return Story(before, rows.forgets, best, believed, evidence, right_before, answers_before)


def first_without_objection(attempts: Iterable[Attempt], needs_gain: bool = True) -> Attempt:
    """The first attempt that may be promoted; else, of those made, that with fewest objections."""
    made = []
    for attempt in attempts:
        made.append(attempt)
        if not attempt.objections or (needs_gain and not attempt.gain.is_sure):
            break  # what gained too little gains less with less strength
    return min(made, key=lambda attempt: len(attempt.objections))


def _before(anchor: Anchor, parent: Parent, rows: Rows, judges: Judges) -> Before:
    """What a candidate is held against; of a version that has to go, nothing counts."""
    anchored = judged_network(anchor.model, anchor.temperature, anchor.sure_from, judges)
    if rows.forgets:
        return Before(None, anchored)
    if parent.served.version == anchor.served.version:
        return Before(anchored, anchored)
    return Before(judged_as_served(parent.served, anchor.sure_from, judges), anchored)
