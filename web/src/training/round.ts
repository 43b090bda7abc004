import type { Answer, Digit } from "../api/client";

/** One drawing of a round, and what the model would have said; `undefined` when it could not be asked. */
export interface Trained {
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
  done: readonly Trained[],
  last: Digit | undefined,
  random: () => number = Math.random,
): Digit {
  const totals = DIGITS.map(
    (digit) => (counts[digit] ?? 0) + done.filter(({ label }) => label === digit).length,
  );
  const others = DIGITS.filter((digit) => digit !== last);
  const fewest = Math.min(...others.map((digit) => totals[digit] ?? 0));
  // A little slack, or a set that is even but for one digit would ask for that digit every other time.
  const lacking = others.filter((digit) => (totals[digit] ?? 0) <= fewest + SLACK);
  return lacking[Math.floor(random() * lacking.length)] ?? 0;
}

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const SLACK = 1;

/** How many of the latest drawings in a row the model read right. */
export function streakOf(done: readonly Trained[]): number {
  const missed = done.findLastIndex(({ label, answer }) => answer?.digit !== label);
  return done.length - 1 - missed;
}

/** How many drawings the model read wrong: those that it learns most from. */
export function fooledBy(done: readonly Trained[]): number {
  return done.filter(({ label, answer }) => answer !== undefined && answer.digit !== label).length;
}
