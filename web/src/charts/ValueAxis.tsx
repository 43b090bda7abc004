import { AxisLeft } from "@visx/axis";
import type { scaleLinear } from "@visx/scale";

interface Props {
  readonly scale: ReturnType<typeof scaleLinear<number>>;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
  /** Where the lines begin and end, in pixels. */
  readonly left: number;
  readonly right: number;
}

/** What the heights of a chart mean: a number and a line across for each tick. */
export function ValueAxis({ scale, ticks, format, left, right }: Props) {
  return (
    <>
      <g className="gridlines">
        {ticks.map((tick) => (
          <line key={tick} className="gridline" x1={left} x2={right} y1={scale(tick)} y2={scale(tick)} />
        ))}
      </g>
      <AxisLeft
        scale={scale}
        left={left}
        tickValues={[...ticks]}
        hideAxisLine
        hideTicks
        tickFormat={(value) => format(Number(value))}
        tickLabelProps={{ className: "tick", dx: -8, dy: 4, textAnchor: "end" }}
      />
    </>
  );
}
