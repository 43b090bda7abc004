/** The part of a `KeyboardEvent` that tells which key was pressed. */
export type Press = Pick<KeyboardEvent, "key" | "code" | "shiftKey">;

/** Digits of scripts whose ten follow each other in Unicode from a multiple of sixteen: Arabic, Persian, full width. */
const DIGITS = /^[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]$/;

/** A printed character that no shortcut can be named after: a letter of another script, or a sign where digits are. */
const OTHER_LETTER = /^[^\0-\x7f]$/u;
const NO_DIGIT = /^[^a-z0-9]$/u;

/**
 * The name of a key for shortcuts: what is printed on it, in lower case; or where that is no Latin letter and no digit, what
 * is printed there on most keyboards: `z` for я and ζ, `1` for & on a French keyboard. A Latin letter is never taken for its
 * neighbour: whoever presses Ctrl+W on a French keyboard does not mean Z.
 */
export function nameOf({ key, code, shiftKey }: Press): string {
  const printed = key.toLowerCase();
  if (DIGITS.test(printed)) return String((printed.codePointAt(0) ?? 0) & 0xf);
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code);
  const [, letter, digit] = place ?? [];
  if (letter && OTHER_LETTER.test(printed)) return letter.toLowerCase();
  // With Shift, digits are printed where signs are, and signs where digits are.
  if (digit && NO_DIGIT.test(printed) && !shiftKey) return digit;
  return printed;
}
