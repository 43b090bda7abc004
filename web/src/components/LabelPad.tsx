import type { Label } from "../api/client";
import { strings } from "../strings";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Ten digits and "not a digit", to say what a drawing is. */
export function LabelPad({ onChoose }: { readonly onChoose: (label: Label) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser
    <div className="labels" role="group" aria-label={strings.feedback.choose}>
      {DIGITS.map((digit) => (
        <button
          key={digit}
          type="button"
          className="button key"
          data-testid={`label-${digit}`}
          aria-label={strings.feedback.label(digit)}
          onClick={() => onChoose(digit)}
        >
          {digit}
        </button>
      ))}
      <button
        type="button"
        className="button key wide"
        data-testid="label-nan"
        onClick={() => onChoose("NaN")}
      >
        {strings.feedback.notADigit}
      </button>
    </div>
  );
}
