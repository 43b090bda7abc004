import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { InkPad } from "../canvas/InkPad";
import { BLANK, type Drawing, ofPicture, type Picture, withStroke } from "../ink/drawing";
import { changed, redone, START, undone } from "../ink/history";
import type { Theme } from "./useTheme";

/** The drawing on a canvas, whether the pen is down, and what can be done to the drawing. */
export interface Ink {
  readonly drawing: Drawing;
  readonly penDown: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Wipes the field. */
  readonly clear: () => void;
  /** Puts a picture in place of the drawing. */
  readonly show: (picture: Picture) => void;
  /** A blank field without a past. */
  readonly restart: () => void;
}

/**
 * Makes a canvas something to draw on. The theme is needed because its ink colour is painted, not styled.
 *
 * @param isDone - whether the drawing on the field is done with, so that the next stroke begins a new one
 */
export function useInkPad(
  canvas: RefObject<HTMLCanvasElement | null>,
  theme: Theme,
  penWidth: number,
  isDone: (drawing: Drawing) => boolean = () => false,
): Ink {
  const [history, setHistory] = useState(START);
  const [penDown, setPenDown] = useState(false);
  const pad = useRef<InkPad>(undefined);
  const current = useRef({ penWidth, isDone });
  useEffect(() => {
    current.current = { penWidth, isDone };
  });

  useEffect(() => {
    if (!canvas.current) return;
    const made = new InkPad(canvas.current, () => current.current.penWidth, {
      onPenDown: () => {
        setPenDown(true);
        setHistory((before) => {
          const { drawing } = before;
          return drawing.picture || current.current.isDone(drawing) ? changed(before, BLANK) : before;
        });
      },
      onStroke: (stroke) => {
        setHistory((before) => changed(before, withStroke(before.drawing, stroke)));
        setPenDown(false);
      },
      onPenCancelled: () => setPenDown(false),
    });
    pad.current = made;
    return () => made.destroy();
  }, [canvas]);

  const { drawing, past, future } = history;
  useEffect(() => pad.current?.show(drawing), [drawing]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that the pad reads from CSS
  useEffect(() => pad.current?.repaint(), [theme]);

  return {
    drawing,
    penDown,
    canUndo: past.length > 0,
    canRedo: future.length > 0,
    undo: useCallback(() => setHistory(undone), []),
    redo: useCallback(() => setHistory(redone), []),
    clear: useCallback(() => setHistory((before) => changed(before, BLANK)), []),
    show: useCallback((picture) => setHistory((before) => changed(before, ofPicture(picture))), []),
    restart: useCallback(() => setHistory(START), []),
  };
}
