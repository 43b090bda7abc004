import type { Summary } from "../../api/summary";
import { LABELS } from "../../label";
import { strings } from "../../strings";

const words = strings.data;

/** Which digits are taken for which. Hits and misses have their own colours, deeper where there are more. */
export function ConfusionMatrix({ summary: { confusion } }: { readonly summary: Summary }) {
  const most = Math.max(...confusion.flat());
  const mostMisses = Math.max(
    ...confusion.map((row, prediction) => Math.max(...row.filter((_, label) => label !== prediction))),
  );
  return (
    <section className="card">
      <h3>{words.matrix}</h3>
      {most === 0 ? (
        <p className="muted">{words.noMatrix}</p>
      ) : (
        <>
          <p className="muted small-text">{words.matrixHint}</p>
          <table className="matrix">
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">{words.read}</span>
                </th>
                {LABELS.map((label) => (
                  <th key={label} scope="col">
                    <span className="visually-hidden">{words.was} </span>
                    {label === "NaN" ? <abbr title={words.notADigit}>{words.notADigitShort}</abbr> : label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {confusion.map((row, prediction) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the index is the digit
                <tr key={prediction}>
                  <th scope="row">
                    <span className="visually-hidden">{words.read} </span>
                    {prediction}
                  </th>
                  {row.map((count, i) => {
                    const label = LABELS[i] ?? "NaN";
                    const hit = label === prediction;
                    return (
                      <td
                        key={label}
                        className={depth(count, hit, hit ? most : mostMisses)}
                        title={words.cell(count, prediction, label)}
                      >
                        {count > 0 && strings.short(count)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

/** One of four depths of colour, of the square root: one miss must be seen beside a hundred. */
function depth(count: number, hit: boolean, most: number): string {
  if (count === 0) return "cell";
  return `cell ${hit ? "hit" : "miss"}-${Math.ceil(4 * Math.sqrt(count / most))}`;
}
