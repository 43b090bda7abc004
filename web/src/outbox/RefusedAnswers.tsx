import { strings } from "../strings";
import type { Outbox } from "./useOutbox";

const words = strings.refused;

/** The answers that the API has refused, why, and what can be done; they stay until a person has seen them. */
export function RefusedAnswers({ outbox }: { readonly outbox: Outbox }) {
  const { refused } = outbox;
  if (refused.length === 0) return null;
  const reasons = [...new Set(refused.map(({ reason }) => reason))];
  return (
    <section className="card refused" data-testid="refused" role="alert">
      <h2 className="question">{words.heading(refused.length)}</h2>
      {reasons.map((reason) => (
        <p key={reason} className="alarm small-text">
          {reason}
        </p>
      ))}
      <ul>
        {refused.map(({ record }) => (
          <li key={record.id}>
            <img
              src={record.shown ?? record.image}
              width="56"
              height="56"
              alt={words.drawing(record.label)}
            />
            <span aria-hidden="true">{strings.named(record.label)}</span>
          </li>
        ))}
      </ul>
      <div className="row">
        <button
          type="button"
          className="button small"
          data-testid="refused-resend"
          disabled={outbox.sending}
          onClick={outbox.resend}
        >
          {words.resend}
        </button>
        <button
          type="button"
          className="button small"
          data-testid="refused-discard"
          disabled={outbox.sending}
          onClick={outbox.discard}
        >
          {words.discard}
        </button>
      </div>
    </section>
  );
}
