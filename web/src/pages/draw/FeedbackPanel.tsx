import { CheckIcon, CrossIcon, PenIcon } from "../../frame/icons";
import type { GivenCount } from "../../outbox/given";
import { useGiven } from "../../outbox/useGiven";
import type { Outbox } from "../../outbox/useOutbox";
import { strings } from "../../strings";
import { LabelPad } from "./LabelPad";
import { type Feedback, isGiven } from "./useFeedback";

const words = strings.feedback;

/** Asks whether the answer is right, takes the label when it is not, and tells what became of it. */
export function FeedbackPanel({
  feedback,
  outbox,
  givenCount,
}: {
  readonly feedback: Feedback;
  readonly outbox: Outbox;
  readonly givenCount: GivenCount;
}) {
  const { step, asking } = feedback;
  const choosing = step.state === "choosing";
  const count = useGiven(givenCount);
  const message = messageOf(feedback, outbox);
  const text = choosing && message.tone === "muted" ? "" : message.text;
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
          disabled={!feedback.confirm}
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
          {feedback.confirm || !asking ? <CrossIcon /> : <PenIcon />}
          {feedback.confirm || !asking ? words.wrong : words.say}
        </button>
      </div>
      <div className="below">
        {choosing && <LabelPad onChoose={feedback.give} onClose={feedback.toggleChoice} />}
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
        {asking && !choosing && (
          <p className="muted small-text terms">
            {feedback.ofPhoto ? words.termsOfPhoto : words.terms} <a href="#data">{words.more}</a>.
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
