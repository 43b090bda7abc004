import { useState } from "react";
import type { ApiClient, Label } from "../api/client";
import { agreement, LABELS, type RecentDrawing, type Summary, toSummary } from "../api/summary";
import { BarChart } from "../charts/BarChart";
import { Failed } from "../components/Failed";
import { RefreshIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { DAYS_SHOWN, GALLERY_FIRST } from "../config";
import { latestDays } from "../data/days";
import { useResource } from "../hooks/useResource";
import { strings } from "../strings";
import "../styles/data.css";

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
      {summary.state === "failed" && <Failed reason={summary.reason} onRetry={reload} />}
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
          {words.drift(summary.drift)}
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
            values={latestDays(summary.days, DAYS_SHOWN).map(({ day, count }) => [dayName(day), count])}
          />
        </section>
      </div>
      <div className="pair">
        <Means summary={summary} />
        <Matrix summary={summary} />
      </div>
      <Gallery recent={summary.recent} />
    </>
  );
}

/** The numbers that say most. */
function Tiles({ summary }: { readonly summary: Summary }) {
  const { asked, right } = agreement(summary);
  const tiles: [string, string, string?][] = [
    [number(summary.rows), words.rows],
    [number(summary.sources.confirmed), words.confirmed],
    [number(summary.sources.corrected), words.corrected],
    [number(summary.sources.training), words.training],
  ];
  if (asked > 0) tiles.push([strings.percent(right / asked), words.agreed, words.agreedHint]);
  if (summary.waiting !== undefined) {
    tiles.push([number(summary.waiting), words.waiting, words.waitingHint(summary.waiting)]);
  }
  return (
    <dl className="tiles" data-testid="tiles">
      {tiles.map(([value, name, hint]) => (
        <div key={name} className="tile" title={hint}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The mean picture of each digit. */
function Means({ summary }: { readonly summary: Summary }) {
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

/** Which digits are taken for which. Hits and misses have their own colours, deeper where there are more. */
function Matrix({ summary: { confusion } }: { readonly summary: Summary }) {
  const most = Math.max(...confusion.flat());
  const mostMisses = Math.max(
    ...confusion.map((row, read) => Math.max(...row.filter((_, was) => was !== read))),
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
                {LABELS.map((was) => (
                  <th key={was} scope="col">
                    <span className="visually-hidden">{words.was} </span>
                    {was === "NaN" ? <abbr title={words.notADigit}>{words.notADigitShort}</abbr> : was}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {confusion.map((row, read) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the index is the digit
                <tr key={read}>
                  <th scope="row">
                    <span className="visually-hidden">{words.read} </span>
                    {read}
                  </th>
                  {row.map((count, i) => {
                    const was = LABELS[i] ?? "NaN";
                    return (
                      <td
                        key={was}
                        className={depth(count, was === read, was === read ? most : mostMisses)}
                        title={words.cell(count, read, was)}
                      >
                        {count > 0 && count}
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

/** The latest drawings, by digit and by whether the model was wrong. */
function Gallery({ recent }: { readonly recent: readonly RecentDrawing[] }) {
  const [label, setLabel] = useState<Label | "all">("all");
  const [onlyMistakes, setOnlyMistakes] = useState(false);
  const [all, setAll] = useState(false);
  const shown = recent.filter(
    (each) => (label === "all" || each.label === label) && (!onlyMistakes || isMistake(each)),
  );
  return (
    <section className="card">
      <div className="gallery-head">
        <h3>{words.gallery}</h3>
        <label className="select">
          {words.filter}
          <select
            data-testid="filter-label"
            value={label}
            onChange={({ currentTarget: { value } }) =>
              setLabel(LABELS.find((each) => String(each) === value) ?? "all")
            }
          >
            <option value="all">{words.all}</option>
            {LABELS.map((each) => (
              <option key={each} value={each}>
                {each === "NaN" ? words.notADigit : each}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            data-testid="filter-mistakes"
            checked={onlyMistakes}
            onChange={({ currentTarget }) => setOnlyMistakes(currentTarget.checked)}
          />
          {words.onlyMistakes}
        </label>
      </div>
      {shown.length === 0 ? (
        <p className="muted" data-testid="gallery-empty">
          {words.noMatch}
        </p>
      ) : (
        <ul className="gallery" data-testid="gallery">
          {(all ? shown : shown.slice(0, GALLERY_FIRST)).map((each) => (
            <li
              key={each.id}
              className={isMistake(each) ? "mistaken" : undefined}
              title={[each.source, each.receivedAt && when(each.receivedAt)].filter(Boolean).join(", ")}
            >
              <img
                className="pixels"
                src={each.image}
                width="28"
                height="28"
                alt={words.drawing(each.label, each.prediction)}
              />
              <span className="truth" aria-hidden="true">
                {each.label === "NaN" ? words.noDigit : each.label}
              </span>
              <span className="said" aria-hidden="true">
                {each.prediction !== undefined && words.readAs(each.prediction)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {!all && shown.length > GALLERY_FIRST && (
        <button
          type="button"
          className="button small more"
          data-testid="gallery-more"
          onClick={() => setAll(true)}
        >
          {words.more(shown.length - GALLERY_FIRST)}
        </button>
      )}
    </section>
  );
}

function isMistake({ label, prediction }: RecentDrawing): boolean {
  return prediction !== undefined && prediction !== label;
}

function short(label: Label): string {
  return label === "NaN" ? words.notADigitShort : String(label);
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function dayName(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString("en", {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
}

function when(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime())
    ? ""
    : date.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
}
