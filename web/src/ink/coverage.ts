import { chainAlong } from "./curve";
import { FIELD, type Point } from "./point";
import type { Stroke } from "./stroke";

/** How far, in pixels, the straight pieces that are drawn may stray from the curve. */
const TOLERANCE = 0.02;

/** From the middle of a pixel to its corner. */
const HALF_DIAGONAL = Math.SQRT1_2;

/**
 * The strokes as a picture of {@link FIELD} × {@link FIELD} bytes, row by row: 255 where ink covers a pixel, 0 on bare
 * paper.
 *
 * What a canvas would paint, with round caps and joins, but computed here: what is read back from a canvas need not be
 * what was painted, as browsers that guard against fingerprinting answer with noise or with white. It is nearer to the true
 * shape than Chromium's canvas, whose round ends stray by up to a third of a pixel.
 */
export function coverageOf(strokes: readonly Stroke[]): Uint8Array {
  const ink = new Uint8Array(FIELD * FIELD);
  for (const stroke of strokes) lay(stroke, ink);
  return ink;
}

/** A rectangle of pixels, its edges within it. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The pixels of the field that are at most so far from what lies between points. */
function boxAround(points: readonly Point[], reach: number): Box {
  let [left, top, right, bottom] = [FIELD, FIELD, 0, 0];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return {
    left: Math.max(0, Math.floor(left - reach)),
    top: Math.max(0, Math.floor(top - reach)),
    right: Math.min(FIELD - 1, Math.floor(right + reach)),
    bottom: Math.min(FIELD - 1, Math.floor(bottom + reach)),
  };
}

/** Lays one stroke over the ink that is there: every pixel's distance from the pen's line says how much of it is covered. */
function lay({ points, width }: Stroke, ink: Uint8Array): void {
  const radius = width / 2;
  const reach = radius + HALF_DIAGONAL;
  const ways: Ways = {
    squared: new Float32Array(FIELD * FIELD).fill(reach ** 2),
    x: new Float32Array(FIELD * FIELD),
    y: new Float32Array(FIELD * FIELD),
  };
  const chain = chainAlong(points, TOLERANCE);
  chain.forEach((end, i) => {
    measure(chain[i - 1] ?? end, end, reach, ways);
  });
  const { left, top, right, bottom } = boxAround(chain, reach);
  for (let row = top; row <= bottom; row++) {
    for (let i = row * FIELD + left; i <= row * FIELD + right; i++) {
      const squared = ways.squared[i] ?? 0;
      if (squared >= reach ** 2) continue;
      const share = covered(radius, Math.sqrt(squared), ways.x[i] ?? 0, ways.y[i] ?? 0);
      ink[i] = 255 - Math.round((255 - (ink[i] ?? 0)) * (1 - share));
    }
  }
}

/** The way from each pixel's middle to the nearest place on the pen's line, and the square of its length. */
interface Ways {
  readonly squared: Float32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Notes the ways to a straight piece of the line, of the pixels that it comes nearer to than the pieces before. */
function measure(start: Point, end: Point, reach: number, ways: Ways): void {
  const { left, top, right, bottom } = boxAround([start, end], reach);
  const alongX = end.x - start.x;
  const alongY = end.y - start.y;
  const squaredLength = alongX * alongX + alongY * alongY || 1;
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5 - start.y;
    for (let column = left; column <= right; column++) {
      const x = column + 0.5 - start.x;
      const share = Math.min(1, Math.max(0, (x * alongX + y * alongY) / squaredLength));
      const wayX = share * alongX - x;
      const wayY = share * alongY - y;
      const squared = wayX * wayX + wayY * wayY;
      const i = row * FIELD + column;
      if (squared >= (ways.squared[i] ?? 0)) continue;
      ways.squared[i] = squared;
      ways.x[i] = wayX;
      ways.y[i] = wayY;
    }
  }
}

/**
 * The share of a pixel that lies within `radius` of the pen's line, which is `distance` away by `x` and `y`. The edge is
 * straight over one pixel, so the share is the area of a square cut by a line.
 */
function covered(radius: number, distance: number, x: number, y: number): number {
  const inside = radius - distance;
  if (Math.abs(inside) >= HALF_DIAGONAL || distance === 0) return inside > 0 ? 1 : 0;
  const [across, down] = [Math.abs(x) / distance, Math.abs(y) / distance];
  const [long, short] = across > down ? [across, down] : [down, across];
  const depth = Math.abs(inside);
  const toCorner = (long + short) / 2 - depth;
  let share = 0.5;
  if (toCorner > 0) {
    // Near the middle the cut is a trapezoid, further out what is left is a triangle.
    share = depth <= (long - short) / 2 ? depth / long : 0.5 - toCorner ** 2 / (2 * long * short);
  }
  return 0.5 + Math.sign(inside) * share;
}
