/** A place on the field: x to the right, y downwards, both 0 … {@link FIELD}. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Side of the square field that all ink lives in, whatever the size and density of the screen. */
export const FIELD = 280;

/** The straight distance between two points. */
export function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** The point half-way between two points. */
export function midpoint(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
