import { useEffect, useMemo, useRef, useState } from "react";
import { DrawingField } from "../../field/DrawingField";
import { InkTools } from "../../field/InkTools";
import { keepDrawing, keptDrawing } from "../../field/keptStrokes";
import { PictureButton } from "../../field/PictureButton";
import { useInkPad } from "../../field/useInkPad";
import { usePictures } from "../../field/usePictures";
import { ShortcutHelp } from "../../frame/ShortcutHelp";
import { type Shortcuts, useShortcutSwitch, useShortcuts } from "../../frame/useShortcuts";
import { BLANK, isBlank } from "../../ink/drawing";
import { LABELS } from "../../label";
import { RefusedAnswers } from "../../outbox/RefusedAnswers";
import { strings } from "../../strings";
import type { DrawingProps } from "../drawingProps";
import { AnswerPanel } from "./AnswerPanel";
import { FeedbackPanel } from "./FeedbackPanel";
import { isGiven, type Steps, useFeedback } from "./useFeedback";
import { asksLive, useGlimpses } from "./useGlimpses";
import { useRecognition } from "./useRecognition";

/** Draw, read the answer, say whether it is right. */
export function DrawPage({
  active,
  client,
  queue,
  outbox,
  givenCount,
  theme,
  pen,
}: DrawingProps & { readonly active: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [steps] = useState<Steps>(() => new WeakMap());
  const { glimpses, glimpse, forget } = useGlimpses(client);
  const ink = useInkPad(
    canvas,
    theme,
    pen[0],
    (drawing) => isGiven(steps.get(drawing)),
    (drawing) => asksLive() && glimpses.see(drawing),
    keptDrawing,
  );
  const { drawing, penDown } = ink;
  const pictures = usePictures(active, drawing, ink.show);
  const { recognition, predict } = useRecognition(client, drawing, penDown, glimpses);
  const feedback = useFeedback(queue, outbox, steps, drawing, recognition);
  const empty = isBlank(drawing);
  const given = isGiven(feedback.step);
  useEffect(() => keepDrawing(given ? BLANK : drawing), [given, drawing]);
  const { status } = recognition;
  useEffect(() => {
    if (status === "answered" || status === "empty") forget();
  }, [status, forget]);

  const [keysOn, switchKeys] = useShortcutSwitch();
  const { give, takeBack } = feedback;
  const shortcuts = useMemo<Shortcuts>(() => {
    const labels = LABELS.map((label) => [label === "NaN" ? "n" : String(label), () => give(label)] as const);
    return {
      // What was done last is what Z takes back, and that may be the answer.
      z: () => takeBack() || ink.undo(),
      y: ink.redo,
      escape: ink.clear,
      enter: () => {
        if (!empty) void predict();
      },
      ...Object.fromEntries(labels),
    };
  }, [give, takeBack, ink.undo, ink.redo, ink.clear, predict, empty]);
  useShortcuts(shortcuts, active && keysOn);

  return (
    <div className="columns" hidden={!active}>
      <DrawingField
        canvas={canvas}
        testId="canvas"
        label={strings.canvas.label}
        empty={empty && !penDown}
        hint={strings.canvas.hint}
        pictures={pictures}
      >
        <InkTools ink={ink} pen={pen} />
        <PictureButton onFiles={pictures.take} />
        <button type="button" className="button" data-testid="clear" disabled={empty} onClick={ink.clear}>
          {strings.canvas.clear}
        </button>
        <button
          type="button"
          className="button predict"
          data-testid="predict"
          disabled={empty}
          aria-busy={recognition.status === "waiting"}
          onClick={predict}
        >
          {strings.canvas.predict}
        </button>
      </DrawingField>
      <div className="column">
        <AnswerPanel client={client} recognition={recognition} glimpse={glimpse} onRetry={predict} />
        <FeedbackPanel feedback={feedback} outbox={outbox} givenCount={givenCount} />
        <RefusedAnswers outbox={outbox} />
        <ShortcutHelp on={keysOn} onSwitch={switchKeys} />
      </div>
    </div>
  );
}
