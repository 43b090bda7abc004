import type { Explanation } from "../../api/client";

const SIDE = 28;

/** A part of the picture: of three rows and three columns, which one. */
export interface Place {
  readonly row: 0 | 1 | 2;
  readonly column: 0 | 1 | 2;
}

/** Where most speaks for the answer (`sign` 1) or for the runner-up (−1); nowhere where nothing does. */
export function strongest({ weights }: Explanation, sign: 1 | -1): Place | undefined {
  const ink = weights.flatMap((weight, i) => (weight === 0 ? [] : [i]));
  const rows = ink.map((i) => Math.floor(i / SIDE));
  const columns = ink.map((i) => i % SIDE);
  const sums = new Map<number, number>();
  weights.forEach((weight, i) => {
    if (weight * sign <= 0) return;
    const place = 3 * thirdOf(Math.floor(i / SIDE), rows) + thirdOf(i % SIDE, columns);
    sums.set(place, (sums.get(place) ?? 0) + Math.abs(weight));
  });
  const [most] = [...sums].sort(([, a], [, b]) => b - a);
  if (!most) return;
  return { row: Math.floor(most[0] / 3) as Place["row"], column: (most[0] % 3) as Place["column"] };
}

/** In which third of what the ink spans a row or column lies. */
function thirdOf(at: number, all: readonly number[]): number {
  const [first, last] = [Math.min(...all), Math.max(...all)];
  return Math.min(2, Math.floor((3 * (at - first)) / (last - first + 1)));
}
