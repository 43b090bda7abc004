import { type RefObject, useEffect, useRef, useState } from "react";
import { InkPad } from "../canvas/InkPad";
import { PEN_WIDTH } from "../config";
import { BLANK, type Drawing, withStroke } from "../ink/drawing";
import type { Theme } from "./useTheme";

/** The drawing on a canvas and whether the pen is down. */
export interface Ink {
  readonly drawing: Drawing;
  readonly penDown: boolean;
  /** Wipes the field. */
  readonly clear: () => void;
}

/** Makes a canvas something to draw on. The theme is needed because its ink colour is painted, not styled. */
export function useInkPad(canvas: RefObject<HTMLCanvasElement | null>, theme: Theme): Ink {
  const [drawing, setDrawing] = useState(BLANK);
  const [penDown, setPenDown] = useState(false);
  const pad = useRef<InkPad>(undefined);

  useEffect(() => {
    if (!canvas.current) return;
    const made = new InkPad(canvas.current, () => PEN_WIDTH, {
      onPenDown: () => setPenDown(true),
      onStroke: (stroke) => {
        setDrawing((before) => withStroke(before, stroke));
        setPenDown(false);
      },
      onPenCancelled: () => setPenDown(false),
    });
    pad.current = made;
    return () => made.destroy();
  }, [canvas]);

  useEffect(() => pad.current?.show(drawing), [drawing]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that the pad reads from CSS
  useEffect(() => pad.current?.repaint(), [theme]);

  return { drawing, penDown, clear: () => setDrawing(BLANK) };
}
