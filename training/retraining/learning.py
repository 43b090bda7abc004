"""From rows to a candidate: which are believed, what is learned from them, how it is judged."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from training.retraining import doubt
from training.retraining.anchor import Anchor
from training.retraining.candidate import Attempt, save_candidate
from training.retraining.cross_validation import came_first, cross_validated, fair
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
    asked = rows.doubted | (rows.trusted & came_first(collected, rows.groups))
    models = cross_validated(tuning, anchor, collected, usable, asked, rows.groups)
    held_out = cache(models.probabilities)
    believed = doubt.believed(labels, rows.doubted, usable, held_out(STRENGTHS[0]), sure)
    believed |= rows.accepted & usable
    print(f"{int(believed.sum())} of {len(labels)} rows are learned from", flush=True)
    check_believed(believed & collected.is_digit)
    tuned = tuning.once(believed, "all")
    # What has to go is no measure: the anchor goes into service in its place, or what gains on it.
    compared = anchor.probabilities if rows.forgets else answers(parent.served, collected.pixels)
    answers_before = compared.argmax(axis=1)
    right_before = answers_before == labels

    def attempt(strength: float) -> Attempt:
        model = between(anchor.model, tuned, strength)
        right = held_out(strength).argmax(axis=1) == labels
        by = collected.contributors[evidence]
        gained = gain(right_before[evidence], right[evidence], by, seed)
        artefact = tuning.folder / f"strength-{strength}"
        own = cautious_temperature(model, anchor.temperature, sure, judges)
        made = Attempt(
            strength, model, judged_network(model, own, sure, judges), right, gained, artefact
        )
        cost = save_candidate(made, anchor, collected, believed, judges)
        against = objections(before, made.judged, gained, cost, tuning.options.limits)
        print(f"{strength:.0%} of the way: {len(against)} objections", flush=True)
        return replace(made, objections=tuple(against))

    best = furthest_without_objection(attempt)
    return Story(before, rows.forgets, best, believed, evidence, right_before, answers_before)


def furthest_without_objection(attempt: Callable[[float], Attempt]) -> Attempt:
    """The strongest attempt that may be promoted, by bisection; else that with fewest objections.

    Args:
        attempt: makes one of a strength. Less strength loses less, and gains less: what gained too
            little is not tried with less.
    """
    made = [attempt(STRENGTHS[0])]

    def may_go_further(tried: Attempt) -> bool:
        return not tried.objections or not tried.gain.is_sure

    first, last = 1, len(STRENGTHS) - 1
    if may_go_further(made[0]):
        return made[0]
    while first <= last:
        middle = (first + last) // 2
        made.append(attempt(STRENGTHS[middle]))
        if may_go_further(made[-1]):
            last = middle - 1
        else:
            first = middle + 1
    return min(made, key=lambda tried: (len(tried.objections), -tried.strength))


def _before(anchor: Anchor, parent: Parent, rows: Rows, judges: Judges) -> Before:
    """What a candidate is held against; of a version that has to go, nothing counts."""
    anchored = judged_network(anchor.model, anchor.temperature, anchor.sure_from, judges)
    if rows.forgets:
        return Before(None, anchored)
    if parent.served.version == anchor.served.version:
        return Before(anchored, anchored)
    return Before(judged_as_served(parent.served, anchor.sure_from, judges), anchored)
