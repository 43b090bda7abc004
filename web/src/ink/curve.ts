import { midpoint, type Point } from "./point";

/** A piece of a curve that begins where the piece before it ended. `control` is absent for a straight piece. */
export interface Segment {
  readonly control?: Point;
  readonly end: Point;
}

/** What a curve is traced onto: the part of a 2D canvas context (or a `Path2D`) that curves need. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
}

/**
 * The smooth curve along a pen's points, starting at the first one.
 *
 * Each inner point becomes the control point of a quadratic Bézier piece between the midpoints on either side of it:
 * neighbouring pieces share their tangent there, so the line has no corners, it never overshoots, and a new point
 * changes only the last piece. Both ends are exact.
 */
export function curveThrough(points: readonly Point[]): Segment[] {
  const segments: Segment[] = [];
  for (let i = 1; i < points.length; i++) {
    const [previous, current, next] = [points[i - 1], points[i], points[i + 1]];
    if (!previous || !current) continue;
    if (i === 1 && next) segments.push({ end: midpoint(previous, current) });
    segments.push(next ? { control: current, end: midpoint(current, next) } : { end: current });
  }
  return segments;
}

/**
 * The curve along the points as a chain of straight lines that stray from it by a given distance at most: its corners,
 * from the first point to the last. One point is a chain of itself.
 */
export function chainAlong(points: readonly Point[], tolerance: number): Point[] {
  let [from] = points;
  if (!from) return [];
  const chain = [from];
  for (const { control, end } of curveThrough(points)) {
    // A quadratic piece leaves its chord by a quarter of this, and by a count's square less when cut into that many.
    const bend = control ? Math.hypot(from.x - 2 * control.x + end.x, from.y - 2 * control.y + end.y) / 4 : 0;
    const count = Math.max(1, Math.ceil(Math.sqrt(bend / tolerance)));
    for (let i = 1; i < count; i++) chain.push(between(from, control ?? end, end, i / count));
    chain.push(end);
    from = end;
  }
  return chain;
}

/** The place on a quadratic Bézier piece at a share of its way. */
function between(start: Point, control: Point, end: Point, share: number): Point {
  const [a, b, c] = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
  return { x: a * start.x + b * control.x + c * end.x, y: a * start.y + b * control.y + c * end.y };
}

/** Long enough that a canvas does not drop the line as empty, too short to be seen. */
const DOT_LENGTH = 0.01;

/** Traces the curve along the points onto a path. One point gives next to no line, which round caps make a dot. */
export function traceCurve(sink: PathSink, points: readonly Point[]): void {
  const [start] = points;
  if (!start) return;
  sink.moveTo(start.x, start.y);
  if (points.length === 1) sink.lineTo(start.x + DOT_LENGTH, start.y);
  for (const { control, end } of curveThrough(points)) {
    if (control) sink.quadraticCurveTo(control.x, control.y, end.x, end.y);
    else sink.lineTo(end.x, end.y);
  }
}
