/** The ten digits. */
export const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** All that a drawing can be, in the order in which the API counts it: a digit, or `"NaN"`, "not a digit". */
export const LABELS = [...DIGITS, "NaN"] as const;

/** One of {@link DIGITS}. */
export type Digit = (typeof DIGITS)[number];

/** One of {@link LABELS}. */
export type Label = (typeof LABELS)[number];

/** Whether a value is one of the ten digits. */
export function isDigit(value: unknown): value is Digit {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 9;
}
