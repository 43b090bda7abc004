import type { Answer } from "../api/client";
import { strings } from "../strings";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Ten bars, one a digit; flat while there is no answer, so that nothing moves when it comes. */
export function ProbabilityBars({ answer }: { readonly answer: Answer | undefined }) {
  return (
    <ol className="bars" aria-label={strings.answer.bars}>
      {DIGITS.map((digit) => {
        const probability = answer?.probabilities[digit] ?? 0;
        return (
          <li key={digit} className={answer?.digit === digit ? "bar best" : "bar"}>
            <span className="track" aria-hidden="true">
              <span className="fill" style={{ transform: `scaleY(${probability})` }} />
            </span>
            <span aria-hidden="true">{digit}</span>
            <span className="visually-hidden">{strings.answer.bar(digit, probability)}</span>
          </li>
        );
      })}
    </ol>
  );
}
