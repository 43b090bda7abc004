import type { Box } from "../../api/client";
import { type Picture, placeOf } from "../../ink/drawing";
import { FIELD, type Point } from "../../ink/point";

/** A rectangle on the field, in field units. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Between a digit and the line around it, in field units. */
const ROOM = 4;

/** The line around a digit on the field, from its place in the picture that was sent: strokes are sent as the field is. */
export function lineAround([left, top, width, height]: Box, picture: Picture | undefined): Rectangle {
  const { x, y, scale } = placeOf(picture ?? { width: FIELD, height: FIELD });
  const from = { x: Math.max(x + left * scale - ROOM, 1), y: Math.max(y + top * scale - ROOM, 1) };
  const to = {
    x: Math.min(x + (left + width) * scale + ROOM, FIELD - 1),
    y: Math.min(y + (top + height) * scale + ROOM, FIELD - 1),
  };
  return { ...from, width: to.x - from.x, height: to.y - from.y };
}

/** The one of several rectangles that a place is in, the one with the nearest middle where it is in several. */
export function rectangleAt(place: Point, rectangles: readonly Rectangle[]): number | undefined {
  const [nearest] = rectangles
    .map(({ x, y, width, height }, nth) => {
      const [fromMiddleX, fromMiddleY] = [place.x - x - width / 2, place.y - y - height / 2];
      const isInside = Math.abs(fromMiddleX) <= width / 2 && Math.abs(fromMiddleY) <= height / 2;
      return { nth, far: isInside ? Math.hypot(fromMiddleX, fromMiddleY) : Number.POSITIVE_INFINITY };
    })
    .sort((a, b) => a.far - b.far);
  return nearest && nearest.far < Number.POSITIVE_INFINITY ? nearest.nth : undefined;
}

/** Whether two boxes have a part of the picture in common. */
export function overlap(one: Box, other: Box): boolean {
  return [0, 1].every(
    (axis) =>
      (one[axis] ?? 0) < (other[axis] ?? 0) + (other[axis + 2] ?? 0) &&
      (other[axis] ?? 0) < (one[axis] ?? 0) + (one[axis + 2] ?? 0),
  );
}
