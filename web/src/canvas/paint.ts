import { traceCurve } from "../ink/curve";
import { type Picture, placeOf } from "../ink/drawing";
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

/** Paints a picture as large as the field allows, in its middle. */
export function paintPicture(context: CanvasRenderingContext2D, picture: Picture): void {
  const { x, y, scale } = placeOf(picture);
  // Small pictures are MNIST-like: their pixels are what there is to see.
  context.imageSmoothingEnabled = scale < 2;
  context.drawImage(picture.image, x, y, picture.width * scale, picture.height * scale);
}
