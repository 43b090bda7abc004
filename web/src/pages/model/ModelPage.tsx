import type { ApiClient } from "../../api/client";
import { type ModelCard, toModelCard } from "../../api/modelCard";
import { Failed } from "../../frame/Failed";
import { Loading } from "../../frame/Loading";
import { useResource } from "../../frame/useResource";
import { strings } from "../../strings";
import { FIGURES, type FigureName } from "./cardFormat";
import { Reason } from "./Reason";
import { Versions } from "./Versions";
import "../../styles/data.css";

const words = strings.model;

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

/** Why a version is in service: of one that came back its own story, and apart from it why the other one left. */
function Story({ card }: { readonly card: ModelCard }) {
  if (card.kind === "built-in") return null;
  if (card.kind !== "rollback") return <Reason of={card} className="muted" />;
  const own = card.previous.find(({ version, kind }) => version === card.version && kind !== "rollback");
  return (
    <>
      {own && own.kind !== "built-in" && <Reason of={own} className="muted" />}
      <p className="muted" data-testid="came-back">
        {words.cameBack} <span lang="en">{card.reason}</span>
      </p>
    </>
  );
}

function InService({ card }: { readonly card: ModelCard }) {
  const names = (Object.keys(FIGURES) as FigureName[]).filter((name) => card.figures[name] !== undefined);
  return (
    <>
      <section className="card in-service">
        <p className="version">{words.named(card.created ? strings.day(card.created) : card.version)}</p>
        {card.rows > 0 && <p className="muted">{words.learnedFrom(card.rows)}</p>}
        <Story card={card} />
        <details className="muted small-text">
          <summary>{words.details}</summary>
          <p data-testid="model-version">{card.version}</p>
        </details>
      </section>
      <section className="card">
        <h3>{words.figures}</h3>
        {names.length === 0 ? (
          <p className="muted">{words.noFigures}</p>
        ) : (
          <dl className="tiles plain" data-testid="figures">
            {names.map((name) => (
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
