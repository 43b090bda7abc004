import type { ModelCard, ModelVersion } from "../../api/modelCard";
import { VersionChart } from "../../charts/VersionChart";
import { CHARTED_FIGURES } from "../../config";
import { strings } from "../../strings";
import { FIGURES } from "./cardFormat";
import { Reason } from "./Reason";

const words = strings.model;

/** Before and after: a chart, and the same in words and numbers. */
export function Versions({ card }: { readonly card: ModelCard }) {
  const newestFirst: readonly ModelVersion[] = [card, ...card.previous];
  const oldestFirst = newestFirst.toReversed();
  const chartedFigures = CHARTED_FIGURES.filter((name) =>
    newestFirst.some(({ figures }) => figures[name] !== undefined),
  );
  return (
    <div className="history" data-testid="history">
      <p className="muted small-text">{words.historyHint}</p>
      {chartedFigures.length > 0 && (
        <>
          <VersionChart
            versions={oldestFirst.map(madeOn)}
            days={oldestFirst.map(({ created, since, version }) =>
              strings.shortDay(created ?? since ?? version),
            )}
            series={chartedFigures.map((name) => ({
              name: words.names[name][0],
              values: oldestFirst.map(({ figures }) => figures[name]),
            }))}
          />
          <ul className="legend small-text">
            {chartedFigures.map((name, index) => (
              <li key={name} className={`series-${index}`}>
                {words.names[name][0]}
              </li>
            ))}
          </ul>
        </>
      )}
      <ol className="versions">
        {newestFirst.map((each, i) => (
          // A version that was taken back is there twice.
          <li key={`${each.version} ${each.since}`}>
            <h4>
              {words.named(madeOn(each))}
              {i === 0 && <span className="chip good">{words.inService}</span>}
              {each.kind === "rollback" && <span className="chip warning">{words.rolledBack}</span>}
            </h4>
            <Reason of={each} className="muted small-text" />
            <dl>
              {chartedFigures.map(
                (name) =>
                  each.figures[name] !== undefined && (
                    <div key={name}>
                      <dt className="muted">{words.names[name][0]}</dt>
                      <dd>
                        {FIGURES[name](each.figures[name])}
                        <Change now={each.figures[name]} before={newestFirst[i + 1]?.figures[name]} />
                      </dd>
                    </div>
                  ),
              )}
              {each.rows > 0 && (
                <div>
                  <dt className="muted">{words.learned}</dt>
                  <dd>{strings.drawings(each.rows)}</dd>
                </div>
              )}
              {each.since && (
                <div>
                  <dt className="muted">{words.when}</dt>
                  <dd>{strings.day(each.since)}</dd>
                </div>
              )}
            </dl>
            <p className="muted version-id">{words.id(each.version)}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** How much a figure changed, in points; nothing where it did not. */
function Change({ now, before }: { readonly now: number | undefined; readonly before: number | undefined }) {
  if (now === undefined || before === undefined) return null;
  const points = Math.round(100 * Math.abs(now - before)) / 100;
  if (points === 0) return null;
  const better = now > before;
  return (
    <span
      className={`change ${better ? "good" : "warning"}`}
    >{` ${better ? "+" : "−"}${strings.fixed(points, 2)}`}</span>
  );
}

/** When a version was made; since when it is in service where that is all that is known. */
function madeOn({ version, since, created }: ModelVersion): string {
  const moment = created ?? since;
  return moment === undefined ? version : strings.day(moment);
}
