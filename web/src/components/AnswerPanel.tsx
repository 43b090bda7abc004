import { useState } from "react";
import type { Answer } from "../api/client";
import type { Recognition } from "../recognition/recognition";
import { strings } from "../strings";
import { ProbabilityBars } from "./ProbabilityBars";

const words = strings.answer;

/**
 * What the recogniser reads, how sure it is, and what it is doing meanwhile.
 *
 * While the drawing goes on, the answer before stays as a shadow: for eyes only, because it belongs to less ink than there
 * is, but without it the panel would go dark between any two strokes.
 */
export function AnswerPanel({
  recognition,
  onRetry,
}: {
  readonly recognition: Recognition;
  readonly onRetry: () => void;
}) {
  const answer = recognition.status === "answered" ? recognition.answer : undefined;
  const shadow = useShadow(recognition);
  return (
    <section
      className="card answer"
      data-status={recognition.status}
      data-uncertain={answer?.uncertain}
      aria-label={words.heading}
    >
      <div className="reading">
        <div className="digit">
          {shadow && (
            <span className="shadow" aria-hidden="true">
              {shadow.digit}
            </span>
          )}
          <span
            data-testid="prediction"
            className={shadow ? "visually-hidden" : undefined}
            aria-hidden={answer ? undefined : true}
          >
            {answer ? answer.digit : words.none}
          </span>
        </div>
        <div className="verdict">
          <Verdict recognition={recognition} onRetry={onRetry} />
        </div>
        <Seen answer={answer ?? shadow} />
      </div>
      <ProbabilityBars answer={answer} shadow={shadow} />
      {/* Only what a listener waits for: hearing "drawing" and "reading" with every stroke would be noise. */}
      <p className="visually-hidden" role="status" aria-live="polite">
        {announcement(recognition)}
      </p>
    </section>
  );
}

/** The last answer, while the drawing that it was about goes on and its own is awaited. */
function useShadow(recognition: Recognition): Answer | undefined {
  const [last, setLast] = useState<Answer>();
  const { status } = recognition;
  const next = status === "answered" ? recognition.answer : status === "empty" ? undefined : last;
  if (next !== last) setLast(next);
  return status === "drawing" || status === "waiting" ? last : undefined;
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
          <p className="alarm">
            {recognition.reason} {recognition.retryable && words.again}
          </p>
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

/** The 28×28 pixels that the model saw. */
function Seen({ answer }: { readonly answer: Answer | undefined }) {
  return (
    <figure className="seen">
      {answer?.seen ? (
        <img
          className="pixels"
          src={answer.seen}
          width="28"
          height="28"
          alt={words.seenAlt}
          data-testid="seen"
        />
      ) : (
        <span className="pixels" />
      )}
      <figcaption>{words.seen}</figcaption>
    </figure>
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
