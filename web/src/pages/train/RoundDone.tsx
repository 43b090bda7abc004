import { useEffect, useRef } from "react";
import type { Outbox } from "../../outbox/useOutbox";
import { strings } from "../../strings";
import { fooledBy, isMistake, standingsOf, type TrainingDrawing } from "./round";

const words = strings.training;

/** The end of a round: what was drawn, how the model would have done, and what the API has taken. */
export function RoundDone({
  drawings,
  outbox,
  onAgain,
}: {
  readonly drawings: readonly TrainingDrawing[];
  readonly outbox: Outbox;
  readonly onAgain: () => void;
}) {
  const button = useRef<HTMLButtonElement>(null);
  // The button that had the focus is gone.
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  const right = drawings.filter(({ label, answer }) => answer?.digit === label).length;
  const { standingOf } = outbox;
  const { saved, waiting, refused, gone } = standingsOf(drawings, standingOf);
  return (
    <section className="card round-done" data-testid="train-done">
      <h2>{words.doneHeading}</h2>
      <p role="status">
        {words.done(right, fooledBy(drawings))}{" "}
        <span data-testid="train-saved">{words.saved(saved, waiting, refused + gone)}</span>
      </p>
      <ul className="drawn">
        {drawings.map((each) => (
          <li key={each.id} className={isMistake(each) ? "mistaken" : undefined}>
            <img
              className="pixels"
              src={each.image}
              width="28"
              height="28"
              alt={words.drawn(each.label, each.answer?.digit)}
            />
            <span aria-hidden="true">
              {each.label}
              {isMistake(each) && ` → ${each.answer.digit}`}
            </span>
            <span className="small-text">{words.notSaved[standingOf(each.id)]}</span>
          </li>
        ))}
      </ul>
      <button
        ref={button}
        type="button"
        className="button primary"
        data-testid="train-again"
        onClick={onAgain}
      >
        {words.again}
      </button>
    </section>
  );
}
