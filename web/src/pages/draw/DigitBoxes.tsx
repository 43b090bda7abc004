import type { DigitOfNumber } from "../../api/client";
import { FIELD } from "../../ink/point";
import type { Rectangle } from "./places";
import type { Said } from "./steps";

interface Props {
  readonly digits: readonly DigitOfNumber[];
  /** Where each of them is. */
  readonly lines: readonly Rectangle[];
  /** What each was said to be. */
  readonly said: readonly (Said | undefined)[];
  /** Which one is looked at. */
  readonly nth: number | undefined;
  /** Whether they belong to less ink than there is. */
  readonly faint: boolean;
}

/**
 * A line around each digit of a number. For eyes only: taps go through to the canvas, which is drawn on within the lines, too,
 * and whoever sees nothing has the digits in the answer.
 */
export function DigitBoxes({ digits, lines, said, nth, faint }: Props) {
  return (
    <svg
      className={faint ? "boxes faint" : "boxes"}
      viewBox={`0 0 ${FIELD} ${FIELD}`}
      aria-hidden="true"
      focusable="false"
    >
      {lines.map((line, each) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the place in the number
          key={each}
          {...line}
          rx="8"
          data-testid="digit-box"
          data-chosen={each === nth || undefined}
          data-uncertain={digits[each]?.uncertain || undefined}
          data-said={said[each] !== undefined || undefined}
        />
      ))}
    </svg>
  );
}
