import { useState } from "react";
import type { Answer, ApiClient } from "../../api/client";
import { strings } from "../../strings";
import { ProbabilityBars } from "./ProbabilityBars";
import type { Recognition } from "./recognition";
import { Why } from "./Why";

const words = strings.answer;

/**
 * What the recogniser reads, how sure it is, and what it is doing meanwhile.
 *
 * While the drawing goes on, the answer before stays as a shadow: for eyes only, because it belongs to less ink than there
 * is, but without it the panel would go dark between any two strokes.
 */
export function AnswerPanel({
  client,
  recognition,
  glimpse,
  onRetry,
}: {
  readonly client: ApiClient;
  readonly recognition: Recognition;
  /** What was read while the pen moved. */
  readonly glimpse: Answer | undefined;
  readonly onRetry: () => void;
}) {
  const [looking, setLooking] = useState<Answer>();
  const answer = recognition.status === "answered" ? recognition.answer : undefined;
  const last = useShadow(recognition);
  const shadow = last.shows ? (glimpse ?? last.answer) : undefined;
  return (
    <section
      className="card answer"
      data-status={recognition.status}
      data-uncertain={answer?.uncertain}
      aria-label={words.heading}
    >
      <div className="reading">
        <div className="digit" data-letters={answer?.number && Math.min(answer.number.length, 9)}>
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
            {answer ? (answer.number ?? answer.digit) : words.none}
          </span>
        </div>
        <div className="verdict">
          <Verdict recognition={recognition} onRetry={onRetry} />
        </div>
        <ModelInput
          answer={answer ?? shadow}
          onLook={answer?.input && !answer.number ? () => setLooking(answer) : undefined}
        />
      </div>
      <ProbabilityBars answer={answer?.number ? undefined : answer} shadow={shadow} />
      {recognition.status === "answered" && looking === recognition.answer && (
        <Why
          client={client}
          answer={recognition.answer}
          image={recognition.image}
          onClose={() => setLooking(undefined)}
        />
      )}
      {/* Only what a listener waits for: hearing "drawing" and "reading" with every stroke would be noise. */}
      <p className="visually-hidden" role="status" aria-live="polite">
        {announcement(recognition)}
      </p>
    </section>
  );
}

/** The last answer, while the drawing that it was about goes on and its own is awaited. */
function useShadow(recognition: Recognition): {
  readonly shows: boolean;
  readonly answer: Answer | undefined;
} {
  const [last, setLast] = useState<Answer>();
  const { status } = recognition;
  const next = status === "answered" ? recognition.answer : status === "empty" ? undefined : last;
  if (next !== last) setLast(next);
  return { shows: status === "drawing" || status === "waiting", answer: last };
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
      return <Reading answer={recognition.answer} />;
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

function Reading({ answer }: { readonly answer: Answer }) {
  return (
    <>
      <h2 className="headline">{saidOf(answer)}</h2>
      <p className="muted">
        {answer.number ? (
          <span data-testid="confidence">{words.several}</span>
        ) : answer.uncertain ? (
          <span data-testid="confidence">{words.unsure}</span>
        ) : (
          <>
            <span className="confidence" data-testid="confidence">
              {strings.percent(answer.confidence)}
            </span>{" "}
            {words.confidence}
          </>
        )}
      </p>
      {answer.modelVersion && <p className="muted model">{words.model(answer.modelVersion)}</p>}
    </>
  );
}

/** The 28×28 pixels that the model saw, and the way to a closer look at them. */
function ModelInput({
  answer,
  onLook,
}: {
  readonly answer: Answer | undefined;
  readonly onLook: (() => void) | undefined;
}) {
  return (
    <figure className="seen">
      {answer?.input ? (
        <img
          className="pixels"
          src={answer.input}
          width="28"
          height="28"
          alt={words.seenAlt}
          data-testid="seen"
        />
      ) : (
        <span className="pixels" />
      )}
      <figcaption>{words.seen}</figcaption>
      <button type="button" className="button why" data-testid="why" disabled={!onLook} onClick={onLook}>
        {words.why}
      </button>
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
  const { digit, confidence, uncertain, number } = recognition.answer;
  return number
    ? `${saidOf(recognition.answer)}. ${words.several}`
    : words.announced(digit, confidence, uncertain);
}

function saidOf({ digit, confidence, uncertain, number }: Answer): string {
  return number ? words.saidNumber(number) : words.said(digit, confidence, uncertain);
}
