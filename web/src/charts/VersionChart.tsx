import { AxisBottom } from "@visx/axis";
import { scaleLinear, scalePoint } from "@visx/scale";
import { LinePath } from "@visx/shape";
import { useRef } from "react";
import { strings } from "../strings";
import { useWidth } from "./useWidth";
import { ValueAxis } from "./ValueAxis";

const HEIGHT = 240;
const MARGIN = { top: 16, right: 16, bottom: 28, left: 48 };
/** Room that a day needs, in pixels. */
const LABEL_ROOM = 72;

/** One figure over the versions of the model. */
export interface Series {
  readonly name: string;
  /** A value for each version; `undefined` where its card has none. */
  readonly values: readonly (number | undefined)[];
}

/** Figures of versions, the oldest on the left. The scale begins near the lowest: the last tenths are what matters. */
export function VersionChart({
  versions,
  days,
  series,
}: {
  readonly versions: readonly string[];
  /** When each was made, short enough to stand below it. */
  readonly days: readonly string[];
  readonly series: readonly Series[];
}) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const known = series.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = Math.max(0.1, (high - low) * 0.15);
  const places = versions.map((_, i) => i);
  const x = scalePoint({ domain: places, range: [MARGIN.left, width - MARGIN.right], padding: 0.5 });
  const y = scaleLinear({
    domain: [low - room, Math.min(100, high + room)],
    range: [HEIGHT - MARGIN.bottom, MARGIN.top],
    nice: true,
  });
  const ticks = y.ticks(5);
  const every = Math.ceil((versions.length * LABEL_ROOM) / Math.max(1, width - MARGIN.left));
  const description = series
    .flatMap(({ name, values }) =>
      values.flatMap((value, i) => (value === undefined ? [] : [told(versions[i], name, value)])),
    )
    .join(", ");
  return (
    <div ref={box} className="chart tall">
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={description} className="plot">
          <ValueAxis
            scale={y}
            ticks={ticks}
            format={strings.number}
            left={MARGIN.left}
            right={width - MARGIN.right}
          />
          {series.map(({ name, values }, index) => {
            const points = values.flatMap((value, i) => (value === undefined ? [] : [{ i, value }]));
            return (
              <g key={name} className={`series series-${index}`}>
                <LinePath
                  data={points}
                  x={({ i }) => x(i) ?? 0}
                  y={({ value }) => y(value)}
                  className="line"
                />
                {points.map(({ i, value }) => (
                  <circle key={i} cx={x(i)} cy={y(value)} r={4.5}>
                    <title>{told(versions[i], name, value)}</title>
                  </circle>
                ))}
              </g>
            );
          })}
          <AxisBottom
            scale={x}
            top={HEIGHT - MARGIN.bottom}
            tickValues={places.filter((i) => (places.length - 1 - i) % every === 0)}
            tickFormat={(i) => days[Number(i)] ?? ""}
            hideTicks
            axisLineClassName="baseline"
            tickLabelProps={{ className: "tick", textAnchor: "middle", dy: 4 }}
          />
        </svg>
      )}
    </div>
  );
}

function told(version: string | undefined, name: string, value: number): string {
  return strings.model.chart(version ?? "", name, `${strings.fixed(value, 2)} %`);
}
