import { useState } from "react";
import type { Answer } from "../../api/client";
import type { Recognition } from "./recognition";

/**
 * What is shown faintly while the drawing goes on: what was read while the pen moved, or the answer before. It belongs to less
 * ink than there is, but without it the page would go dark between any two strokes.
 */
export function useShadow(recognition: Recognition, glimpse: Answer | undefined): Answer | undefined {
  const [last, setLast] = useState<Answer>();
  const { status } = recognition;
  const next = status === "answered" ? recognition.answer : status === "empty" ? undefined : last;
  if (next !== last) setLast(next);
  return status === "drawing" || status === "waiting" ? (glimpse ?? last) : undefined;
}
