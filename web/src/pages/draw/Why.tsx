import { useEffect, useRef, useState } from "react";
import type { ApiClient, Explanation, ReadDigit } from "../../api/client";
import { ApiError } from "../../api/error";
import { strings } from "../../strings";
import { Alike } from "./Alike";
import { CloseButton } from "./CloseButton";
import { strongest } from "./evidence";
import { sharePicture } from "./share";
import { useDismissal } from "./useDismissal";

const words = strings.why;
const SIDE = 28;

/** A closer look: what the model saw, and which of it speaks for the answer and which for the runner-up. */
export function Why({
  client,
  answer,
  image,
  onClose,
}: {
  readonly client: ApiClient;
  readonly answer: ReadDigit;
  readonly image: string;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [explanation, setExplanation] = useState<Explanation>();
  const [complaint, setComplaint] = useState<string>();
  useDismissal(onClose);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    const control = new AbortController();
    client.explain(image, control.signal).then(setExplanation, (error: unknown) => {
      if (control.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      setComplaint(error.message);
    });
    return () => control.abort();
  }, [client, image]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Esc, which useDismissal hears
    <dialog
      ref={dialog}
      className="card look"
      data-testid="look"
      aria-labelledby="look-heading"
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && onClose()}
    >
      <div className="look-inside">
        <div className="page-head">
          <h2 id="look-heading">{words.heading(answer.digit)}</h2>
          <CloseButton label={words.close} testId="look-close" onClose={onClose} />
        </div>
        <Picture answer={answer} explanation={explanation} />
        <p data-testid="evidence" role="status" className={complaint ? "alarm" : undefined}>
          {complaint ?? (explanation ? told(answer, explanation) : words.looking)}
        </p>
        {explanation && (
          <ul className="legend small-text">
            <li className="speaks-for">{words.speaksFor(answer.digit)}</li>
            <li className="speaks-against">{words.speaksFor(explanation.runnerUp)}</li>
          </ul>
        )}
        {answer.input && <Alike client={client} input={answer.input} />}
        <button
          type="button"
          className="button"
          data-testid="share"
          onClick={() => void sharePicture(image, answer)}
        >
          {words.share}
        </button>
      </div>
    </dialog>
  );
}

function Picture({
  answer,
  explanation,
}: {
  readonly answer: ReadDigit;
  readonly explanation: Explanation | undefined;
}) {
  return (
    <svg className="evidence" viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label={strings.answer.seenAlt}>
      <image href={answer.input} width={SIDE} height={SIDE} />
      {explanation?.weights.map((weight, i) => {
        if (weight === 0) return null;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the index is the pixel
            key={i}
            className={weight > 0 ? "speaks-for" : "speaks-against"}
            x={i % SIDE}
            y={Math.floor(i / SIDE)}
            width="1"
            height="1"
            fillOpacity={Math.abs(weight) / 100}
          />
        );
      })}
    </svg>
  );
}

function told(answer: ReadDigit, explanation: Explanation): string {
  const { runnerUp } = explanation;
  return words.told(answer.digit, strongest(explanation, 1), runnerUp, strongest(explanation, -1));
}
