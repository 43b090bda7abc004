import { AxisBottom } from "@visx/axis";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";
import { useRef } from "react";
import { strings } from "../strings";
import { useWidth } from "./useWidth";
import { ValueAxis } from "./ValueAxis";

const HEIGHT = 180;
const MARGIN = { top: 12, right: 4, bottom: 24, left: 36 };
/** Room that a label below the axis needs, in pixels. */
const LABEL_ROOM = 56;

interface Props {
  readonly name: string;
  readonly values: readonly (readonly [label: string, count: number])[];
  /** Whether labels are short enough to stand below each bar. */
  readonly allLabels?: boolean;
}

/** Counts as columns. */
export function BarChart({ name, values, allLabels = false }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const labels = values.map(([label]) => label);
  const most = Math.max(1, ...values.map(([, count]) => count));
  const x = scaleBand({ domain: labels, range: [MARGIN.left, width - MARGIN.right], padding: 0.3 });
  const y = scaleLinear({ domain: [0, most], range: [HEIGHT - MARGIN.bottom, MARGIN.top], nice: true });
  const every = allLabels ? 1 : Math.ceil((labels.length * LABEL_ROOM) / Math.max(1, width - MARGIN.left));
  const ticks = y.ticks(4).filter(Number.isInteger);
  return (
    <div ref={box} className="chart">
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={strings.data.chart(name, values)}
          className="plot"
        >
          <ValueAxis
            scale={y}
            ticks={ticks}
            format={strings.short}
            left={MARGIN.left}
            right={width - MARGIN.right}
          />
          {values.map(([label, count]) => (
            <Bar
              key={label}
              className="column-bar"
              x={x(label) ?? 0}
              y={y(count)}
              width={x.bandwidth()}
              height={y(0) - y(count)}
              rx={Math.min(4, x.bandwidth() / 2)}
            >
              <title>{`${label}: ${strings.number(count)}`}</title>
            </Bar>
          ))}
          <AxisBottom
            scale={x}
            top={HEIGHT - MARGIN.bottom}
            tickValues={labels.filter((_, i) => (labels.length - 1 - i) % every === 0)}
            hideTicks
            axisLineClassName="baseline"
            tickLabelProps={{ className: "tick", textAnchor: "middle", dy: 2 }}
          />
        </svg>
      )}
    </div>
  );
}
