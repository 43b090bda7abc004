import type { Answer } from "../../api/client";
import { PLAUSIBLE } from "../../config";
import { DIGITS, type Digit } from "../../label";
import type { Standing } from "../../outbox/queue";

/** One drawing of a round, and what the model would have said; `undefined` when it could not be asked. */
export interface TrainingDrawing {
  readonly id: string;
  readonly label: Digit;
  readonly image: string;
  readonly answer: Answer | undefined;
}

/**
 * The digit to ask for next: at random among those that the data has fewest of, those of this round counted in; never the
 * same twice in a row, so that hands do not go stale.
 *
 * @param counts - how many rows there are of each digit
 */
export function nextDigit(
  counts: readonly number[],
  drawings: readonly TrainingDrawing[],
  last: Digit | undefined,
  random: () => number = Math.random,
): Digit {
  const totals = DIGITS.map(
    (digit) => (counts[digit] ?? 0) + drawings.filter(({ label }) => label === digit).length,
  );
  const others = DIGITS.filter((digit) => digit !== last);
  const fewest = Math.min(...others.map((digit) => totals[digit] ?? 0));
  // A little slack, or a set that is even but for one digit would ask for that digit every other time.
  const lacking = others.filter((digit) => (totals[digit] ?? 0) <= fewest + SLACK);
  return lacking[Math.floor(random() * lacking.length)] ?? 0;
}

const SLACK = 1;

/** Whether a drawing is rather of another digit than of the one that was asked for. */
export function isDoubtful(label: Digit, answer: Answer | undefined): boolean {
  return (
    answer !== undefined &&
    !answer.uncertain &&
    answer.digit !== label &&
    (answer.probabilities[label] ?? 0) < PLAUSIBLE
  );
}

/** Whether the model took the drawing for another digit; not so where it could not be asked, or where it may be right. */
export function isMistake(
  drawing: TrainingDrawing,
): drawing is TrainingDrawing & { readonly answer: Answer } {
  const { label, answer } = drawing;
  return answer !== undefined && answer.digit !== label && !isDoubtful(label, answer);
}

/** How many of the latest drawings in a row the model read right. */
export function streakOf(drawings: readonly TrainingDrawing[]): number {
  const missed = drawings.findLastIndex(({ label, answer }) => answer?.digit !== label);
  return drawings.length - 1 - missed;
}

/** How many drawings the model read wrong: those that it learns most from. */
export function fooledBy(drawings: readonly TrainingDrawing[]): number {
  return drawings.filter(isMistake).length;
}

/** How many drawings stand how with the API. */
export function standingsOf(
  drawings: readonly TrainingDrawing[],
  standingOf: (id: string) => Standing,
): Readonly<Record<Standing, number>> {
  const counts = { saved: 0, waiting: 0, refused: 0, gone: 0 };
  for (const { id } of drawings) counts[standingOf(id)] += 1;
  return counts;
}
