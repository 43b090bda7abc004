import { useState } from "react";
import type { Answer } from "../../api/client";

/** Which digit of a number is looked at alone. */
export interface Selection {
  /** Counted from 0. */
  readonly nth: number | undefined;
  /** Looks at one, or where it is looked at already, at all of them again. */
  readonly toggle: (nth: number) => void;
  readonly clear: () => void;
}

/** One digit of an answer at most; none of the next answer. */
export function useSelection(answer: Answer | undefined): Selection {
  const [chosen, choose] = useState<{ readonly answer: Answer; readonly nth: number }>();
  const nth = chosen?.answer === answer ? chosen?.nth : undefined;
  return {
    nth,
    toggle: (next) => choose(answer && next !== nth ? { answer, nth: next } : undefined),
    clear: () => choose(undefined),
  };
}
