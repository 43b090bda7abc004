import { useCallback, useEffect, useMemo, useRef } from "react";
import { ROUND } from "../../config";
import { DrawingField } from "../../field/DrawingField";
import { InkTools } from "../../field/InkTools";
import { useInkPad } from "../../field/useInkPad";
import { type Shortcuts, useShortcutSwitch, useShortcuts } from "../../frame/useShortcuts";
import type { Theme } from "../../frame/useTheme";
import { type Drawing, isBlank } from "../../ink/drawing";
import type { Outbox } from "../../outbox/useOutbox";
import { strings } from "../../strings";
import { standingsOf } from "./round";
import type { Training } from "./useTraining";

const words = strings.training;

/** The prompt, the field, and the round's progress: how many were drawn, and how many the API has taken. */
export function RoundField({
  training,
  outbox,
  theme,
  pen,
}: {
  readonly training: Training;
  readonly outbox: Outbox;
  readonly theme: Theme;
  readonly pen: readonly [number, () => void];
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ink = useInkPad(canvas, theme, pen[0]);
  const { prompt, drawings, saving, doubted, dismiss } = training;
  const empty = isBlank(ink.drawing);
  const { saved } = standingsOf(drawings, outbox.standingOf);
  const { restart } = ink;

  // The next digit wants an empty field, without the drawing before in its past.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of what is asked for that counts
  useEffect(() => restart(), [restart, prompt, drawings.length]);

  const { save } = training;
  const { drawing } = ink;
  const submit = useCallback(() => {
    if (!empty && !saving && !doubted) void save(drawing);
  }, [empty, saving, doubted, save, drawing]);

  // Whoever draws on, or wipes the field, does not want the drawing that was asked about.
  const asked = useRef<Drawing>(undefined);
  useEffect(() => {
    if (!doubted) asked.current = drawing;
    else if (asked.current !== drawing) dismiss();
  }, [doubted, drawing, dismiss]);

  const [keysOn] = useShortcutSwitch();
  const shortcuts = useMemo<Shortcuts>(
    () => ({ z: ink.undo, y: ink.redo, escape: ink.clear, enter: submit }),
    [ink.undo, ink.redo, ink.clear, submit],
  );
  useShortcuts(shortcuts, keysOn);

  return (
    <div className="column">
      <div className="prompt">
        <h2 data-testid="train-prompt" data-digit={prompt} aria-live="polite">
          {words.ask(prompt)}
        </h2>
        <div className="progress">
          <progress value={saved} max={ROUND} aria-label={words.progress} />
          <span className="muted small-text" data-testid="train-progress" data-drawn={drawings.length}>
            {words.count(drawings.length, ROUND, saved)}
          </span>
        </div>
      </div>
      <DrawingField
        canvas={canvas}
        testId="train-canvas"
        label={words.label(prompt)}
        empty={empty && !ink.penDown}
        hint={words.ask(prompt)}
      >
        <InkTools ink={ink} pen={pen} prefix="train-" />
        <button type="button" className="button" data-testid="train-skip" onClick={training.skip}>
          {words.skip}
        </button>
        <button
          type="button"
          className="button primary"
          data-testid="train-save"
          disabled={empty || saving || doubted !== undefined}
          aria-busy={saving}
          onClick={submit}
        >
          {words.next}
        </button>
      </DrawingField>
    </div>
  );
}
