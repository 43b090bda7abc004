import { BLANK, type Drawing, isBlank } from "./drawing";

/** A drawing with the way back to what it was, and forth again. */
export interface History {
  readonly past: readonly Drawing[];
  readonly drawing: Drawing;
  readonly future: readonly Drawing[];
}

/** More steps than anyone takes back; each is a list of references to strokes. */
const MAX_STEPS = 200;

/** A blank field that was never anything else. */
export const START: History = { past: [], drawing: BLANK, future: [] };

/** The history after a change of the drawing. Clearing what is blank is no change. */
export function changed(history: History, drawing: Drawing): History {
  if (drawing === history.drawing || (isBlank(drawing) && isBlank(history.drawing))) return history;
  return { past: [...history.past, history.drawing].slice(-MAX_STEPS), drawing, future: [] };
}

/** One step back, if there is one. */
export function undone(history: History): History {
  const drawing = history.past.at(-1);
  if (!drawing) return history;
  return { past: history.past.slice(0, -1), drawing, future: [history.drawing, ...history.future] };
}

/** One step forth again, if there is one. */
export function redone(history: History): History {
  const [drawing, ...future] = history.future;
  if (!drawing) return history;
  return { past: [...history.past, history.drawing], drawing, future };
}
