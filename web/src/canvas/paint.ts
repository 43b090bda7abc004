import { traceCurve } from "../ink/curve";
import type { Stroke } from "../ink/stroke";

/** Paints strokes in one colour; the context's transform maps the field to pixels. */
export function paintStrokes(
  context: CanvasRenderingContext2D,
  strokes: Iterable<Stroke>,
  ink: string,
): void {
  context.strokeStyle = ink;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.lineWidth = stroke.width;
    context.beginPath();
    traceCurve(context, stroke.points);
    context.stroke();
  }
}
