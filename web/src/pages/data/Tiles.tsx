import { agreement, type Summary } from "../../api/summary";
import { strings } from "../../strings";

const words = strings.data;
const { number } = strings;

/** The numbers that say most. */
export function Tiles({ summary }: { readonly summary: Summary }) {
  const { judgements, hits } = agreement(summary);
  const tiles: [string, string, string?][] = [
    [number(summary.rows), words.rows],
    [number(summary.sources.confirmed), words.confirmed],
    [number(summary.sources.corrected), words.corrected],
    [number(summary.sources.training), words.training],
  ];
  if (judgements > 0) tiles.push([strings.percent(hits / judgements), words.agreed, words.agreedHint]);
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
