import { DIGITS, type Label } from "../../label";
import { strings } from "../../strings";
import { CloseButton } from "./CloseButton";
import { useDismissal } from "./useDismissal";

const words = strings.feedback;

interface Props {
  readonly onChoose: (label: Label) => void;
  /** Says that there are several digits; absent where that cannot be said. */
  readonly onSeveral: (() => void) | undefined;
  readonly onClose: () => void;
}

/** Ten digits and "not a digit", to say what a drawing is; on a phone a sheet, which has a head and is over all else. */
export function LabelPad({ onChoose, onSeveral, onClose }: Props) {
  useDismissal(onClose);
  return (
    <>
      {/* For fingers that tap beside the sheet; the keyboard has Esc, and listeners the button. */}
      <div className="beside-sheet" data-testid="beside-labels" aria-hidden="true" onPointerDown={onClose} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser */}
      <div className="labels" role="group" aria-label={words.choose}>
        <div className="sheet-head">
          <p className="question">{words.choose}</p>
          <CloseButton label={words.close} testId="labels-close" onClose={onClose} />
        </div>
        {DIGITS.map((digit) => (
          <button
            key={digit}
            type="button"
            className="button key"
            data-testid={`label-${digit}`}
            aria-label={words.label(digit)}
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
          {words.notADigit}
        </button>
        {onSeveral && (
          <button
            type="button"
            className="button key wide"
            data-testid="several-digits"
            onClick={() => {
              onClose();
              onSeveral();
            }}
          >
            {words.severalDigits}
          </button>
        )}
      </div>
    </>
  );
}
