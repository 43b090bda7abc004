import type { Answer } from "../../api/client";
import { DIGITS } from "../../label";
import { strings } from "../../strings";

interface Props {
  readonly answer: Answer | undefined;
  /** What the bars show faintly while there is no answer, so that they move on from there when it comes. */
  readonly shadow: Answer | undefined;
}

/** Ten bars, one a digit; flat while there is no answer, so that nothing moves when it comes. */
export function ProbabilityBars({ answer, shadow }: Props) {
  const reading = answer ?? shadow;
  return (
    <ol className={answer ? "bars" : "bars faint"} aria-label={strings.answer.bars}>
      {DIGITS.map((digit) => {
        const height = reading?.probabilities[digit] ?? 0;
        return (
          <li key={digit} className={reading?.digit === digit ? "bar best" : "bar"}>
            <span className="track" aria-hidden="true">
              <span className="fill" style={{ transform: `scaleY(${height})` }} />
            </span>
            <span aria-hidden="true">{digit}</span>
            {/* Of what it is unsure of nobody is told a number. */}
            {answer && !answer.uncertain && (
              <span className="visually-hidden">
                {strings.answer.bar(digit, answer.probabilities[digit] ?? 0)}
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
