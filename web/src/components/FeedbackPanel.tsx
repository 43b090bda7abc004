import type { GivenCount } from "../feedback/given";
import { type Feedback, type FeedbackStep, isGiven } from "../hooks/useFeedback";
import { useGiven } from "../hooks/useGiven";
import type { Outbox } from "../hooks/useOutbox";
import { strings } from "../strings";
import { CheckIcon, CrossIcon } from "./icons";
import { LabelPad } from "./LabelPad";

const words = strings.feedback;

/** Asks whether the answer is right, takes the label when it is not, and tells what became of it. */
export function FeedbackPanel({
  feedback,
  outbox,
  given,
}: {
  readonly feedback: Feedback;
  readonly outbox: Outbox;
  readonly given: GivenCount;
}) {
  const { step, asking } = feedback;
  const choosing = step.state === "choosing";
  const count = useGiven(given);
  const message = messageOf(step, outbox);
  return (
    <section
      className="card feedback"
      data-given={isGiven(step) || undefined}
      aria-labelledby="feedback-heading"
    >
      <h2 id="feedback-heading" className="question">
        {choosing ? words.choose : words.heading}
      </h2>
      <div className="row">
        <button
          type="button"
          className="button"
          data-testid="correct"
          disabled={!asking}
          onClick={feedback.confirm}
        >
          <CheckIcon />
          {words.correct}
        </button>
        <button
          type="button"
          className="button"
          data-testid="wrong"
          disabled={!asking}
          aria-expanded={choosing}
          onClick={feedback.toggleChoice}
        >
          <CrossIcon />
          {words.wrong}
        </button>
      </div>
      <div className="below">
        {choosing && <LabelPad onChoose={feedback.give} />}
        <div className="told">
          <p className={`message ${message.tone}`} data-testid="feedback-status" role="status">
            {choosing && message.tone === "muted" ? "" : message.text}
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

interface Message {
  readonly text: string;
  readonly tone: "muted" | "good" | "warning" | "alarm";
}

function messageOf(step: FeedbackStep, { pending, report }: Outbox): Message {
  switch (step.state) {
    case "held":
      return { text: words.held(step.label), tone: "muted" };
    case "sending":
      return { text: words.sending, tone: "muted" };
    case "refused":
      return { text: step.reason, tone: "alarm" };
    case "kept": {
      const others = pending.length > 1 ? ` ${words.pending(pending.length)}` : "";
      return { text: words.kept(step.label) + others, tone: "warning" };
    }
    case "saved":
      if (pending.length === 0) return { text: words.saved(step.label), tone: "good" };
      return { text: `${words.saved(step.label)} ${words.pending(pending.length)}`, tone: "warning" };
  }
  if (pending.length > 0) return { text: words.pending(pending.length), tone: "warning" };
  if (report?.refusals[0]) return { text: report.refusals[0], tone: "alarm" };
  if (report && report.saved > 0 && step.state === "closed") {
    return { text: words.delivered(report.saved), tone: "good" };
  }
  return { text: step.state === "closed" ? words.early : words.invite, tone: "muted" };
}
