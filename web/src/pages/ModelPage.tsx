import type { ApiClient } from "../api/client";
import { type ModelCard, type ModelVersion, toModelCard } from "../api/modelCard";
import { VersionChart } from "../charts/VersionChart";
import { Failed } from "../components/Failed";
import { Loading } from "../components/Loading";
import { useResource } from "../hooks/useResource";
import { strings } from "../strings";
import "../styles/data.css";

const words = strings.model;

/** The figures that the page knows to name, in this order, with how they are written. */
const FIGURES = {
  mnist_accuracy: (value) => `${value.toFixed(2)} %`,
  writers_accuracy: (value) => `${value.toFixed(2)} %`,
  writers_worst_cell_accuracy: (value) => `${value.toFixed(2)} %`,
  calibration_error: (value) => value.toFixed(4),
  non_digit_auc: (value) => value.toFixed(3),
  inference_ms: (value) => `${value.toFixed(2)} ms`,
} as const satisfies Record<string, (value: number) => string>;

type FigureName = keyof typeof FIGURES;

const CHARTED = ["mnist_accuracy", "writers_accuracy", "writers_worst_cell_accuracy"] as const;

/** Which model is in service, how well it does, and what each retraining changed. */
export default function ModelPage({ client }: { readonly client: ApiClient }) {
  const [card, reload] = useResource(client, "/model", toModelCard);
  return (
    <div className="data" data-testid="model-page" data-state={card.state}>
      <div className="page-head">
        <h2>{words.heading}</h2>
        <a className="button small" href={client.modelUrl} target="_blank" rel="noreferrer">
          {words.card}
        </a>
      </div>
      {card.state === "loading" && <Loading />}
      {card.state === "failed" && <Failed reason={card.reason} onRetry={reload} />}
      {card.state === "ready" && <InService card={card.value} />}
    </div>
  );
}

function InService({ card }: { readonly card: ModelCard }) {
  const figures = Object.keys(FIGURES) as FigureName[];
  const known = figures.filter((name) => card.figures[name] !== undefined);
  return (
    <>
      <section className="card in-service">
        <p className="version" data-testid="model-version">
          {card.version}
        </p>
        {card.created && <p className="muted">{words.created(dateOf(card.created))}</p>}
        {card.rows > 0 && <p className="muted">{words.learnedFrom(card.rows)}</p>}
        {card.kind !== "built-in" && card.reason && <p className="muted">{card.reason}</p>}
      </section>
      <section className="card">
        <h3>{words.figures}</h3>
        {known.length === 0 ? (
          <p className="muted">{words.noFigures}</p>
        ) : (
          <dl className="tiles plain" data-testid="figures">
            {known.map((name) => (
              <div key={name} className="tile">
                <dt>{words.names[name][0]}</dt>
                <dd>{FIGURES[name](card.figures[name] ?? 0)}</dd>
                <dd className="hint">{words.names[name][1]}</dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <section className="card">
        <h3>{words.history}</h3>
        {card.previous.length === 0 ? (
          <p className="muted" data-testid="history-empty">
            {words.noHistory}
          </p>
        ) : (
          <Versions card={card} />
        )}
      </section>
    </>
  );
}

/** Before and after: a chart, and the same as a table. */
function Versions({ card }: { readonly card: ModelCard }) {
  const newest: readonly ModelVersion[] = [card, ...card.previous];
  const oldest = newest.toReversed();
  const charted = CHARTED.filter((name) => newest.some(({ figures }) => figures[name] !== undefined));
  return (
    <div className="history" data-testid="history">
      <p className="muted small-text">{words.historyHint}</p>
      {charted.length > 0 && (
        <>
          <VersionChart
            versions={oldest.map(({ version }) => version)}
            series={charted.map((name) => ({
              name: words.names[name][0],
              values: oldest.map(({ figures }) => figures[name]),
            }))}
          />
          <ul className="legend small-text">
            {charted.map((name, index) => (
              <li key={name} className={`series-${index}`}>
                {words.names[name][0]}
              </li>
            ))}
          </ul>
        </>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard, too */}
      <section className="scroll" tabIndex={0} aria-label={words.history}>
        <table className="versions">
          <thead>
            <tr>
              <th scope="col">{words.version}</th>
              <th scope="col">{words.when}</th>
              {charted.map((name) => (
                <th key={name} scope="col">
                  {words.names[name][0]}
                </th>
              ))}
              <th scope="col">{words.learned}</th>
            </tr>
          </thead>
          <tbody>
            {newest.map((each, i) => (
              // A version that was taken back is there twice.
              <tr key={`${each.version} ${each.since}`}>
                <th scope="row">
                  {each.version}
                  {i === 0 && <span className="chip good">{words.inService}</span>}
                  {each.kind === "rollback" && <span className="chip warning">{words.rolledBack}</span>}
                  {each.reason && <span className="reason">{each.reason}</span>}
                </th>
                <td>{since(each)}</td>
                {charted.map((name) => (
                  <td key={name}>
                    {each.figures[name] !== undefined && FIGURES[name](each.figures[name])}
                    <Change now={each.figures[name]} before={newest[i + 1]?.figures[name]} />
                  </td>
                ))}
                <td>{each.rows > 0 && strings.drawings(each.rows)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

/** How much a figure changed, in points; nothing where it did not. */
function Change({ now, before }: { readonly now: number | undefined; readonly before: number | undefined }) {
  if (now === undefined || before === undefined) return null;
  const points = (now - before).toFixed(2);
  if (Number(points) === 0) return null;
  const better = now > before;
  return (
    <span
      className={`change ${better ? "good" : "warning"}`}
    >{` ${better ? "+" : "−"}${points.replace("-", "")}`}</span>
  );
}

/** The day from which on it was in service; when it was made, where that is not known. */
function since({ since, created }: ModelVersion): string | undefined {
  const moment = since ?? created;
  return moment && dateOf(moment);
}

function dateOf(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime())
    ? moment
    : date.toLocaleDateString("en", { dateStyle: "medium", timeZone: "UTC" });
}
