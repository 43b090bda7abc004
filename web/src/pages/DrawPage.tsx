import { useMemo, useRef, useState } from "react";
import type { ApiClient, Label } from "../api/client";
import { AnswerPanel } from "../components/AnswerPanel";
import { DrawingField } from "../components/DrawingField";
import { FeedbackPanel } from "../components/FeedbackPanel";
import { InkTools } from "../components/InkTools";
import { PictureButton } from "../components/PictureButton";
import { ShortcutHelp } from "../components/ShortcutHelp";
import type { GivenCount } from "../feedback/given";
import type { FeedbackQueue } from "../feedback/queue";
import { isGiven, type Steps, useFeedback } from "../hooks/useFeedback";
import { useInkPad } from "../hooks/useInkPad";
import type { Outbox } from "../hooks/useOutbox";
import { usePictures } from "../hooks/usePictures";
import { useRecognition } from "../hooks/useRecognition";
import { type Shortcuts, useShortcutSwitch, useShortcuts } from "../hooks/useShortcuts";
import type { Theme } from "../hooks/useTheme";
import { isBlank } from "../ink/drawing";
import { strings } from "../strings";

/** What a page needs on which people draw. */
export interface DrawingProps {
  readonly client: ApiClient;
  readonly queue: FeedbackQueue;
  readonly outbox: Outbox;
  readonly given: GivenCount;
  readonly theme: Theme;
  readonly pen: readonly [number, () => void];
}

/** Draw, read the answer, say whether it is right. */
export function DrawPage({
  active,
  client,
  queue,
  outbox,
  given,
  theme,
  pen,
}: DrawingProps & { readonly active: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [steps] = useState<Steps>(() => new WeakMap());
  const ink = useInkPad(canvas, theme, pen[0], (drawing) => isGiven(steps.get(drawing)));
  const { drawing, penDown } = ink;
  const pictures = usePictures(active, drawing, ink.show);
  const { recognition, predict } = useRecognition(client, drawing, penDown);
  const feedback = useFeedback(queue, outbox.pending, steps, drawing, penDown, recognition);
  const empty = isBlank(drawing);

  const [keysOn, switchKeys] = useShortcutSwitch();
  const { give, takeBack } = feedback;
  const shortcuts = useMemo<Shortcuts>(() => {
    const labels = ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "NaN"] as const).map(
      (label: Label) => [label === "NaN" ? "n" : String(label), () => give(label)] as const,
    );
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
          className="button primary"
          data-testid="predict"
          disabled={empty}
          aria-busy={recognition.status === "waiting"}
          onClick={predict}
        >
          {strings.canvas.predict}
        </button>
      </DrawingField>
      <div className="column">
        <AnswerPanel recognition={recognition} onRetry={predict} />
        <FeedbackPanel feedback={feedback} outbox={outbox} given={given} />
        <ShortcutHelp on={keysOn} onSwitch={switchKeys} />
      </div>
    </div>
  );
}
