import type { ApiClient } from "../../api/client";
import { type Summary, toSummary } from "../../api/summary";
import { BarChart } from "../../charts/BarChart";
import { DAYS_SHOWN } from "../../config";
import { Failed } from "../../frame/Failed";
import { RefreshIcon } from "../../frame/icons";
import { Loading } from "../../frame/Loading";
import { useResource } from "../../frame/useResource";
import { LABELS, type Label } from "../../label";
import { strings } from "../../strings";
import { ConfusionMatrix } from "./ConfusionMatrix";
import { latestDays } from "./days";
import { Gallery } from "./Gallery";
import { Means } from "./Means";
import { Tiles } from "./Tiles";
import { TokenField } from "./TokenField";
import "../../styles/data.css";

const words = strings.data;

/** What was collected, at a glance and one by one. */
export default function DataPage({ client }: { readonly client: ApiClient }) {
  const [summary, reload] = useResource(client, "/feedback/summary", toSummary);
  return (
    <div className="data" data-testid="data-page" data-state={summary.state}>
      <div className="page-head">
        <h2>{words.heading}</h2>
        <button type="button" className="button small" data-testid="refresh" onClick={reload}>
          <RefreshIcon />
          {words.refresh}
        </button>
      </div>
      {summary.state === "loading" && <Loading />}
      {summary.state === "failed" && summary.status === 401 && (
        <TokenField
          refused={client.hasToken()}
          onToken={(token) => {
            client.authorise(token);
            reload();
          }}
        />
      )}
      {summary.state === "failed" && summary.status !== 401 && (
        <Failed reason={summary.reason} onRetry={reload} />
      )}
      {summary.state === "ready" &&
        (summary.value.rows === 0 ? <NothingYet /> : <Collected summary={summary.value} />)}
    </div>
  );
}

function NothingYet() {
  return (
    <section className="card state" data-testid="data-empty">
      <h3>{words.empty}</h3>
      <p className="muted">{words.emptyHint}</p>
      <a className="button primary" href="#draw">
        {words.start}
      </a>
    </section>
  );
}

function Collected({ summary }: { readonly summary: Summary }) {
  return (
    <>
      <Tiles summary={summary} />
      {summary.drift && (
        <p className="muted" data-testid="drift">
          {words.drift} <span lang="en">{summary.drift}</span>
        </p>
      )}
      <div className="pair">
        <section className="card">
          <h3>{words.perLabel}</h3>
          <BarChart
            name={words.perLabel}
            values={LABELS.map((label, i) => [short(label), summary.labels[i] ?? 0])}
            allLabels
          />
        </section>
        <section className="card">
          <h3>{words.perDay}</h3>
          <BarChart
            name={words.perDay}
            values={latestDays(summary.days, DAYS_SHOWN).map(({ day, count }) => [
              strings.shortDay(`${day}T00:00:00Z`),
              count,
            ])}
          />
        </section>
      </div>
      <div className="pair">
        <Means summary={summary} />
        <ConfusionMatrix summary={summary} />
      </div>
      <Gallery recent={summary.recent} />
    </>
  );
}

function short(label: Label): string {
  return label === "NaN" ? words.notADigitShort : String(label);
}
