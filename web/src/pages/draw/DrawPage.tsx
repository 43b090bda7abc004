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
import type { Point } from "../../ink/point";
import { LABELS } from "../../label";
import { RefusedAnswers } from "../../outbox/RefusedAnswers";
import { strings } from "../../strings";
import type { DrawingProps } from "../drawingProps";
import { AnswerPanel } from "./AnswerPanel";
import { DigitBoxes } from "./DigitBoxes";
import { FeedbackPanel } from "./FeedbackPanel";
import { lineAround, rectangleAt } from "./places";
import { Steps } from "./steps";
import { useFeedback } from "./useFeedback";
import { asksLive, useGlimpses } from "./useGlimpses";
import { useRecognition } from "./useRecognition";
import { useSelection } from "./useSelection";
import { useShadow } from "./useShadow";

type TapAt = (place: Point) => (() => void) | undefined;

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
  const [steps] = useState(() => new Steps());
  const tap = useRef<TapAt>(undefined);
  const { glimpses, glimpse, forget } = useGlimpses(client);
  const ink = useInkPad(canvas, theme, pen[0], {
    isDone: (drawing) => steps.isGiven(drawing),
    onPenMoved: (drawing) => asksLive() && glimpses.see(drawing),
    tapAt: (place) => tap.current?.(place),
    first: keptDrawing,
  });
  const { drawing, penDown } = ink;
  const pictures = usePictures(active, drawing, ink.show);
  const { recognition, predict, readAs } = useRecognition(client, drawing, penDown, glimpses);
  const shadow = useShadow(recognition, glimpse);
  const answer = recognition.status === "answered" ? recognition.answer : undefined;
  const selection = useSelection(answer);
  const feedback = useFeedback({ queue, outbox, steps, drawing, recognition, nth: selection.nth });
  const { digits } = answer ?? shadow ?? { digits: [] };
  const lines = digits.map(({ box }) => lineAround(box, drawing.picture));
  useEffect(() => {
    tap.current = (place) => {
      const nth = answer && rectangleAt(place, lines);
      return nth === undefined ? undefined : () => selection.toggle(nth);
    };
  });
  const empty = isBlank(drawing);
  const given = !feedback.isUntold;
  useEffect(() => keepDrawing(given ? BLANK : drawing), [given, drawing]);
  const { status } = recognition;
  useEffect(() => {
    if (status === "answered" || status === "empty") forget();
  }, [status, forget]);

  const [keysOn, switchKeys] = useShortcutSwitch();
  const { give, takeBack } = feedback;
  const isSelected = selection.nth !== undefined;
  const clearSelection = selection.clear;
  const shortcuts = useMemo<Shortcuts>(() => {
    const labels = LABELS.map((label) => [label === "NaN" ? "n" : String(label), () => give(label)] as const);
    return {
      // What was done last is what Z takes back, and that may be the answer.
      z: () => takeBack() || ink.undo(),
      y: ink.redo,
      // What is open closes first.
      escape: isSelected ? clearSelection : ink.clear,
      enter: () => {
        if (!empty) void predict();
      },
      ...Object.fromEntries(labels),
    };
  }, [give, takeBack, isSelected, clearSelection, ink.undo, ink.redo, ink.clear, predict, empty]);
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
        over={
          <DigitBoxes
            digits={digits}
            lines={lines}
            said={feedback.said}
            nth={selection.nth}
            faint={!answer}
          />
        }
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
        <AnswerPanel
          client={client}
          recognition={recognition}
          shadow={shadow}
          selection={selection}
          said={feedback.said}
          onRetry={predict}
        />
        <FeedbackPanel feedback={feedback} outbox={outbox} givenCount={givenCount} onCount={readAs} />
        <RefusedAnswers outbox={outbox} />
        <ShortcutHelp on={keysOn} onSwitch={switchKeys} />
      </div>
    </div>
  );
}
