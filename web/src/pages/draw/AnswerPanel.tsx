import { useState } from "react";
import type { Answer, ApiClient, ReadDigit } from "../../api/client";
import { dayMade } from "../../api/version";
import { strings } from "../../strings";
import { NumberBars } from "./NumberBars";
import { ProbabilityBars } from "./ProbabilityBars";
import type { Recognition } from "./recognition";
import type { Said } from "./steps";
import type { Selection } from "./useSelection";
import { Why } from "./Why";

const words = strings.answer;

interface Props {
  readonly client: ApiClient;
  readonly recognition: Recognition;
  /** What is shown faintly while there is no answer. */
  readonly shadow: Answer | undefined;
  /** Which digit of a number is looked at. */
  readonly selection: Selection;
  /** What each digit of a number was said to be. */
  readonly said: readonly (Said | undefined)[];
  readonly onRetry: () => void;
}

/** What the recogniser reads, how sure it is, and what it is doing meanwhile. A shadow is for eyes only. */
export function AnswerPanel({ client, recognition, shadow, selection, said, onRetry }: Props) {
  const [looking, setLooking] = useState<ReadDigit>();
  const answer = recognition.status === "answered" ? recognition.answer : undefined;
  const shown = answer ?? shadow;
  const one = answer?.number ? answer.digits[selection.nth ?? -1] : answer;
  return (
    <section
      className="card answer"
      data-status={recognition.status}
      data-uncertain={
        answer && (answer.number ? answer.digits.some((each) => each.uncertain) : answer.uncertain)
      }
      aria-label={words.heading}
    >
      <div className="reading">
        <div className="digit" data-letters={shown?.number && Math.min(shown.number.length, 9)}>
          {shadow && (
            <span className="shadow" aria-hidden="true">
              {shadow.number ?? shadow.digit}
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
          <Verdict recognition={recognition} nth={selection.nth} onRetry={onRetry} />
        </div>
        <ModelInput read={one ?? shown} onLook={one?.input ? () => setLooking(one) : undefined} />
      </div>
      {shown?.number ? (
        <NumberBars answer={shown} faint={!answer} selection={selection} said={said} />
      ) : (
        <ProbabilityBars answer={answer} shadow={shadow} />
      )}
      {recognition.status === "answered" && one && looking === one && (
        <Why
          client={client}
          answer={one}
          image={one === answer || !one.input ? recognition.image : one.input}
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

function Verdict({
  recognition,
  nth,
  onRetry,
}: {
  readonly recognition: Recognition;
  readonly nth: number | undefined;
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
      return <Reading answer={recognition.answer} nth={nth} />;
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

function Reading({ answer, nth }: { readonly answer: Answer; readonly nth: number | undefined }) {
  const digit = nth === undefined ? undefined : answer.digits[nth];
  const made = answer.modelVersion && dayMade(answer.modelVersion);
  return (
    <>
      <h2 className="headline">{saidOf(answer)}</h2>
      <p className="muted">
        {digit && nth !== undefined ? (
          <span data-testid="confidence">{words.digitOf({ ...digit, nth, said: undefined })}</span>
        ) : answer.number ? (
          <span data-testid="confidence">{words.several(unsureOf(answer), answer.digits.length)}</span>
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
      {made && !digit && (
        <p className="muted model" title={answer.modelVersion}>
          {strings.model.named(strings.shortDay(made))}
        </p>
      )}
    </>
  );
}

/** The 28×28 pixels that the model saw, and the way to a closer look at them. */
function ModelInput({
  read,
  onLook,
}: {
  readonly read: ReadDigit | undefined;
  readonly onLook: (() => void) | undefined;
}) {
  return (
    <figure className="seen">
      {read?.input ? (
        <img
          className="pixels"
          src={read.input}
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
  const { digit, confidence, uncertain, number, digits } = recognition.answer;
  return number
    ? words.announcedNumber(number, unsureOf(recognition.answer), digits.length)
    : words.announced(digit, confidence, uncertain);
}

function saidOf({ digit, confidence, uncertain, number, digits }: Answer): string {
  return number ? words.saidNumber(number, digits.length) : words.said(digit, confidence, uncertain);
}

/** Which digits of a number are unsure, counted from 0. */
function unsureOf({ digits }: Answer): readonly number[] {
  return digits.flatMap(({ uncertain }, nth) => (uncertain ? [nth] : []));
}
