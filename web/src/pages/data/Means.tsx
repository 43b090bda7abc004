import type { Summary } from "../../api/summary";
import { strings } from "../../strings";

const words = strings.data;

/** The mean picture of each digit. */
export function Means({ summary }: { readonly summary: Summary }) {
  return (
    <section className="card">
      <h3>{words.means}</h3>
      <ol className="means">
        {summary.means.map((mean, digit) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the digit
          <li key={digit}>
            {mean ? (
              <img
                className="pixels"
                src={mean}
                width="28"
                height="28"
                alt={words.mean(digit, summary.labels[digit] ?? 0)}
              />
            ) : (
              <span className="pixels none" role="img" aria-label={words.noMean(digit)} />
            )}
            <span aria-hidden="true">{digit}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
