import type { Count } from "../../api/client";
import { CheckIcon, CrossIcon, PenIcon } from "../../frame/icons";
import type { GivenCount } from "../../outbox/given";
import { useGiven } from "../../outbox/useGiven";
import type { Outbox } from "../../outbox/useOutbox";
import { strings } from "../../strings";
import { LabelPad } from "./LabelPad";
import { isGiven } from "./steps";
import type { About, Feedback } from "./useFeedback";

const words = strings.feedback;

interface Props {
  readonly feedback: Feedback;
  readonly outbox: Outbox;
  readonly givenCount: GivenCount;
  /** Has the drawing read as one digit, or as several. */
  readonly onCount: (count: Count) => void;
}

/** Asks whether the answer is right, takes the label when it is not, and tells what became of it. */
export function FeedbackPanel({ feedback, outbox, givenCount, onCount }: Props) {
  const { step, asking, about } = feedback;
  const choosing = step.state === "choosing";
  const count = useGiven(givenCount);
  const message = messageOf(feedback, outbox);
  const text = choosing && message.tone === "muted" ? "" : message.text;
  return (
    <section
      className="card feedback"
      data-given={(isGiven(step) && !asking) || undefined}
      aria-labelledby="feedback-heading"
    >
      <h2 id="feedback-heading" className="question">
        {choosing ? words.choose : headingOf(about)}
      </h2>
      <Buttons feedback={feedback} onOne={() => onCount(1)} />
      <div className="below">
        {choosing && (
          <LabelPad
            onChoose={feedback.give}
            onSeveral={
              about.kind === "drawing" && feedback.confirm && feedback.isUntold
                ? () => onCount("several")
                : undefined
            }
            onClose={feedback.toggleChoice}
          />
        )}
        <div className={text === "" && step.state !== "held" ? "told silent" : "told"}>
          <p className={`message ${message.tone}`} data-testid="feedback-status" role="status">
            {text}
          </p>
          {step.state === "held" && (
            <button
              type="button"
              className="button small"
              data-testid="feedback-undo"
              onClick={feedback.takeBack}
            >
              {words.undo}
            </button>
          )}
        </div>
        {asking && !choosing && !isGiven(step) && (
          <p className="muted small-text terms">
            {words.terms(feedback.ofPhoto, outbox.lasting)} <a href="#data">{words.more}</a>.
          </p>
        )}
        {step.state === "held" && <span className="countdown" aria-hidden="true" />}
        {step.state === "saved" && count > 0 && (
          <p className="muted small-text" data-testid="given">
            {words.given(count)}
          </p>
        )}
        {outbox.pending.length > 0 && step.state !== "sending" && step.state !== "held" && (
          <button
            type="button"
            className="button small"
            data-testid="feedback-retry"
            disabled={outbox.sending}
            onClick={outbox.retry}
          >
            {outbox.sending ? words.retrying : words.retry}
          </button>
        )}
      </div>
    </section>
  );
}

/** Right and wrong; of a number as a whole, that all is right, or that it is no number. */
function Buttons({ feedback, onOne }: { readonly feedback: Feedback; readonly onOne: () => void }) {
  const { about, asking, confirm, step } = feedback;
  const isNumber = about.kind === "number";
  return (
    <div className="row">
      <button type="button" className="button" data-testid="correct" disabled={!confirm} onClick={confirm}>
        <CheckIcon />
        {isNumber ? (about.begun ? words.restCorrect : words.allCorrect) : words.correct}
      </button>
      {isNumber ? (
        <button
          type="button"
          className="button"
          data-testid="one-digit"
          disabled={!feedback.isUntold}
          onClick={onOne}
        >
          {words.oneDigit}
        </button>
      ) : (
        <button
          type="button"
          className="button"
          data-testid="wrong"
          disabled={!asking}
          aria-expanded={step.state === "choosing"}
          onClick={feedback.toggleChoice}
        >
          {confirm || !asking ? <CrossIcon /> : <PenIcon />}
          {confirm || !asking ? words.wrong : words.say}
        </button>
      )}
    </div>
  );
}

function headingOf(about: About): string {
  return about.kind === "digit" ? words.headingOf(about.nth, about.digit) : words.heading;
}

interface Message {
  readonly text: string;
  readonly tone: "muted" | "good" | "warning" | "alarm";
}

function messageOf({ step, hint }: Feedback, { pending, lasting, delivered }: Outbox): Message {
  const waiting = words.pending(pending.length, lasting);
  switch (step.state) {
    case "held":
      return { text: words.held(step.label), tone: "muted" };
    case "sending":
      return { text: words.sending, tone: "muted" };
    case "refused":
      return { text: step.reason, tone: "alarm" };
    case "kept": {
      const others = pending.length > 1 ? ` ${waiting}` : "";
      return { text: words.kept(step.label, lasting) + others, tone: "warning" };
    }
    case "saved":
      if (pending.length === 0) return { text: words.saved(step.label), tone: "good" };
      return { text: `${words.saved(step.label)} ${waiting}`, tone: "warning" };
  }
  if (pending.length > 0) return { text: waiting, tone: "warning" };
  if (delivered > 0 && step.state === "closed") return { text: words.delivered(delivered), tone: "good" };
  return { text: words[hint], tone: "muted" };
}
