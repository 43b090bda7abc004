import { distance, type Point } from "./point";

/** One line of the pen from touching down to lifting; it holds at least one point. */
export interface Stroke {
  readonly points: readonly Point[];
  /** Width of the pen in field units. */
  readonly width: number;
}

/**
 * Points nearer than this to the one before say nothing about the shape: they are the hand resting and the jitter of
 * the digitiser, and would put kinks into the curve.
 */
const MIN_STEP = 0.8;

/** Collects the points of a stroke while the pen is down. */
export class StrokeBuilder {
  readonly #points: Point[] = [];
  readonly #width: number;
  #reach = 0;
  /** The newest point, when it was too near to keep; the stroke must still end where the pen was lifted. */
  #tail: Point | undefined;

  constructor(start: Point, width: number) {
    this.#points.push(start);
    this.#width = width;
  }

  /** Adds where the pen moved to. */
  add(point: Point): void {
    const [start] = this.#points;
    if (start) this.#reach = Math.max(this.#reach, distance(start, point));
    const last = this.#points.at(-1);
    if (last && distance(last, point) < MIN_STEP) {
      this.#tail = point;
      return;
    }
    this.#tail = undefined;
    this.#points.push(point);
  }

  /** How many points there are to stay: one that is too near to keep may yet be replaced. */
  get length(): number {
    return this.#points.length;
  }

  /** How far the pen has been from where it touched down. */
  get reach(): number {
    return this.#reach;
  }

  /** The stroke so far. A pen that never left its place gives one point: a dot. */
  build(): Stroke {
    const moved = this.#points.length > 1;
    const points = moved && this.#tail ? [...this.#points, this.#tail] : [...this.#points];
    return { points, width: this.#width };
  }
}
