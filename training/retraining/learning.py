"""From rows to a candidate: which are believed, what is learned from them, how it is judged."""

from collections.abc import Iterable
from dataclasses import replace

from tqdm import tqdm

from digit_recognizer.recognition.arrays import Float
from training.retraining import doubt
from training.retraining.candidate import Attempt, save_candidate
from training.retraining.collected import Collected
from training.retraining.cross_validation import cross_validated, fair
from training.retraining.fine_tuning import STRENGTHS, FineTuning, between
from training.retraining.gain import gain
from training.retraining.gate import objections
from training.retraining.judges import Judges, judged
from training.retraining.nothing_to_learn import check_evidence
from training.retraining.parent import Parent
from training.retraining.story import Story


def learn(tuning: FineTuning, parent: Parent, collected: Collected, judges: Judges) -> Story:
    """Cross-validate, believe or doubt, learn from what is believed, and judge it.

    Args:
        tuning: how models learn.
        parent: the version in service, which they go on from.
        collected: the rows.
        judges: the pictures that judge.

    Raises:
        NothingToLearn: no label is believed.
    """
    labels, seed = collected.labels, tuning.options.seed
    before = judged(parent.model, judges)
    usable = ~parent.doubted & fair(collected, seed)
    held_out_probabilities = cross_validated(tuning, parent, collected, usable, before.temperature)
    believed = doubt.believed(
        labels, parent.doubted, usable, held_out_probabilities[0], before.uncertain_below
    )
    print(f"{int(believed.sum())} of {len(labels)} rows are learned from", flush=True)
    evidence = believed & collected.is_digit
    check_evidence(evidence)
    tuned = tuning.once(believed, "all")
    answers_before = parent.probabilities.argmax(axis=1)
    right_before = answers_before == labels
    contributors = collected.contributors[evidence]

    def attempt(strength: float, probabilities: Float) -> Attempt:
        model = between(parent.model, tuned, strength)
        right = probabilities.argmax(axis=1) == labels
        gained = gain(right_before[evidence], right[evidence], contributors, seed)
        artefact = tuning.folder / f"strength-{strength}"
        made = Attempt(strength, model, judged(model, judges), right, gained, artefact)
        cost = save_candidate(made, parent, collected, believed, judges)
        against = objections(before, made.figures, gained, cost, tuning.options.limits)
        return replace(made, objections=tuple(against))

    attempts = map(attempt, tqdm(STRENGTHS, "judging"), held_out_probabilities)
    best = first_without_objection(attempts)
    return Story(before, best, believed, evidence, right_before, answers_before)


def first_without_objection(attempts: Iterable[Attempt]) -> Attempt:
    """The first attempt that may be promoted; else, of those made, that with fewest objections."""
    made = []
    for attempt in attempts:
        made.append(attempt)
        if not attempt.objections or attempt.gain.low <= 0:
            break  # what gained too little gains less with less strength
    return min(made, key=lambda attempt: len(attempt.objections))
