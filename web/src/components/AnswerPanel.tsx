import type { Answer } from "../api/client";
import type { Recognition } from "../recognition/recognition";
import { strings } from "../strings";
import { ProbabilityBars } from "./ProbabilityBars";

const words = strings.answer;

/** What the recogniser reads, how sure it is, and what it is doing meanwhile. */
export function AnswerPanel({
  recognition,
  onRetry,
}: {
  readonly recognition: Recognition;
  readonly onRetry: () => void;
}) {
  const answer = recognition.status === "answered" ? recognition.answer : undefined;
  return (
    <section
      className="card answer"
      data-status={recognition.status}
      data-uncertain={answer?.uncertain}
      aria-label={words.heading}
    >
      <div className="reading">
        <div className="digit">
          <span data-testid="prediction" aria-hidden={answer ? undefined : true}>
            {answer ? answer.digit : words.none}
          </span>
        </div>
        <div className="verdict">
          <Verdict recognition={recognition} onRetry={onRetry} />
        </div>
      </div>
      <ProbabilityBars answer={answer} />
      {/* Only what a listener waits for: hearing "drawing" and "reading" with every stroke would be noise. */}
      <p className="visually-hidden" role="status" aria-live="polite">
        {announcement(recognition)}
      </p>
    </section>
  );
}

function Verdict({
  recognition,
  onRetry,
}: {
  readonly recognition: Recognition;
  readonly onRetry: () => void;
}) {
  switch (recognition.status) {
    case "empty":
      return <Lines headline={words.empty} detail={words.emptyHint} />;
    case "drawing":
      return <Lines headline={words.drawing} detail={words.drawingHint} />;
    case "waiting":
      return <Lines headline={words.waiting} detail={words.waitingHint} />;
    case "answered":
      return <Read answer={recognition.answer} />;
    case "failed":
      return (
        <>
          <h2 className="headline">{words.failed}</h2>
          <p className="alarm">{recognition.reason}</p>
          {recognition.retryable && (
            <button type="button" className="button small" data-testid="predict-retry" onClick={onRetry}>
              {words.retry}
            </button>
          )}
        </>
      );
  }
}

function Read({ answer }: { readonly answer: Answer }) {
  return (
    <>
      <h2 className="headline">{answer.uncertain ? words.unsure(answer.digit) : words.sure(answer.digit)}</h2>
      <p className="muted">
        <span className="confidence" data-testid="confidence">
          {strings.percent(answer.confidence)}
        </span>{" "}
        {words.confidence}
      </p>
      {answer.modelVersion && <p className="muted model">{words.model(answer.modelVersion)}</p>}
    </>
  );
}

function Lines({ headline, detail }: { readonly headline: string; readonly detail: string }) {
  return (
    <>
      <h2 className="headline">{headline}</h2>
      <p className="muted">{detail}</p>
    </>
  );
}

function announcement(recognition: Recognition): string {
  if (recognition.status === "failed") return `${words.failed}. ${recognition.reason}`;
  if (recognition.status !== "answered") return "";
  const { digit, confidence, uncertain } = recognition.answer;
  return words.announced(digit, confidence, uncertain);
}
