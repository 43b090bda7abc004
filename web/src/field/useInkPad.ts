import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { InkPad } from "../canvas/InkPad";
import type { Theme } from "../frame/useTheme";
import { BLANK, type Drawing, ofPicture, type Picture } from "../ink/drawing";
import { changed, redone, START, undone } from "../ink/history";
import type { Point } from "../ink/point";

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

/** What the drawing on a canvas is part of. */
interface Surroundings {
  /** Whether the drawing on the field is done with, so that the next stroke begins a new one. */
  readonly isDone?: (drawing: Drawing) => boolean;
  /** Told of the drawing while a stroke is added to it. */
  readonly onPenMoved?: (drawing: Drawing) => void;
  /** What a tap at a place of a drawing does; nothing where it makes a dot. */
  readonly tapAt?: (place: Point, drawing: Drawing) => (() => void) | undefined;
  /** What is on the field at first. */
  readonly first?: () => Drawing;
}

/** Makes a canvas something to draw on. The theme is needed because its ink colour is painted, not styled. */
export function useInkPad(
  canvas: RefObject<HTMLCanvasElement | null>,
  theme: Theme,
  penWidth: number,
  { isDone, onPenMoved, tapAt, first = () => BLANK }: Surroundings = {},
): Ink {
  const [history, setHistory] = useState(() => changed(START, first()));
  const [penDown, setPenDown] = useState(false);
  const pad = useRef<InkPad>(undefined);
  const { drawing, past, future } = history;
  const current = useRef({ penWidth, isDone, onPenMoved, tapAt, drawing });
  useEffect(() => {
    current.current = { penWidth, isDone, onPenMoved, tapAt, drawing };
  });

  useEffect(() => {
    if (!canvas.current) return;
    const inkPad = new InkPad(canvas.current, () => current.current.penWidth, {
      startsAnew: () => {
        const { drawing, isDone } = current.current;
        return drawing.picture !== undefined || isDone?.(drawing) === true;
      },
      tapAt: (place) => current.current.tapAt?.(place, current.current.drawing),
      onPenDown: () => setPenDown(true),
      onPenMoved: (drawing) => current.current.onPenMoved?.(drawing),
      // One step, whether the stroke went on with a drawing or began a new one: one undo takes it back.
      onStroke: (drawing) => {
        setHistory((before) => changed(before, drawing));
        setPenDown(false);
      },
      onPenCancelled: () => setPenDown(false),
    });
    pad.current = inkPad;
    return () => inkPad.destroy();
  }, [canvas]);

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
