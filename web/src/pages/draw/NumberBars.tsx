import type { KeyboardEvent } from "react";
import type { Answer } from "../../api/client";
import { strings } from "../../strings";
import { lineBegins, shown } from "./numberText";
import type { Said } from "./steps";
import type { Selection } from "./useSelection";

const words = strings.answer;

interface Props {
  readonly answer: Answer;
  /** Whether it belongs to less ink than there is, so that nobody can judge it. */
  readonly faint: boolean;
  readonly selection: Selection;
  /** What each digit was said to be. */
  readonly said: readonly (Said | undefined)[];
}

/** The digits of a number, each with a bar for how sure it is; in the room of the ten bars of one digit. */
export function NumberBars({ answer, faint, selection, said }: Props) {
  const begins = lineBegins(answer.number ?? "");
  return (
    <ol className={faint ? "bars number scroll faint" : "bars number scroll"} aria-label={words.digits}>
      {answer.digits.map(({ digit, confidence, uncertain }, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the index is the place in the number
        <li key={nth} data-begins={begins.has(nth) || undefined}>
          <button
            type="button"
            className={uncertain ? "bar" : "bar best"}
            data-testid="digit"
            data-said={said[nth] !== undefined || undefined}
            disabled={faint}
            aria-pressed={selection.nth === nth}
            aria-label={words.digitOf({ nth, digit, confidence, uncertain, said: said[nth] })}
            onClick={() => selection.toggle(nth)}
            onKeyDown={walk}
          >
            <span className="track">
              <span className="fill" style={{ transform: `scaleY(${confidence})` }} />
            </span>
            <span>{shown(digit, uncertain, said[nth])}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** Lets the arrow keys go from digit to digit. */
function walk(event: KeyboardEvent<HTMLButtonElement>): void {
  const item = event.currentTarget.parentElement;
  const next =
    event.key === "ArrowRight"
      ? item?.nextElementSibling
      : event.key === "ArrowLeft"
        ? item?.previousElementSibling
        : undefined;
  const button = next?.querySelector("button");
  if (!button) return;
  event.preventDefault();
  button.focus();
}
