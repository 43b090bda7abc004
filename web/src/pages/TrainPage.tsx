import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Summary, toSummary } from "../api/summary";
import { DrawingField } from "../components/DrawingField";
import { InkTools } from "../components/InkTools";
import { Loading } from "../components/Loading";
import { ROUND, SUMMARY_PATIENCE_MS } from "../config";
import type { GivenCount } from "../feedback/given";
import { useGiven } from "../hooks/useGiven";
import { useInkPad } from "../hooks/useInkPad";
import { useResource } from "../hooks/useResource";
import { type Shortcuts, useShortcutSwitch, useShortcuts } from "../hooks/useShortcuts";
import type { Theme } from "../hooks/useTheme";
import { type Training, useTraining } from "../hooks/useTraining";
import { isBlank } from "../ink/drawing";
import { strings } from "../strings";
import "../styles/train.css";
import { fooledBy, streakOf, type Trained } from "../training/round";
import type { DrawingProps } from "./DrawPage";

const words = strings.training;
const NO_COUNTS: readonly number[] = [];

/** Draw what is asked for: labelled rows, of the digits that the data lacks. */
export default function TrainPage(props: DrawingProps) {
  const [summary, reload] = useResource(props.client, "/feedback/summary", toSummary);
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setWaited(true), SUMMARY_PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, []);

  // What is asked for must not change under the pen, so it is known first, or chosen without.
  if (summary.state === "loading" && !waited) return <Loading />;
  return (
    <Trainer {...props} summary={summary.state === "ready" ? summary.value : undefined} onRound={reload} />
  );
}

interface TrainerProps extends DrawingProps {
  readonly summary: Summary | undefined;
  /** A round begins: the data has changed. */
  readonly onRound: () => void;
}

function Trainer({ client, queue, outbox, given, theme, pen, summary, onRound }: TrainerProps) {
  const training = useTraining(client, queue, summary?.labels ?? NO_COUNTS);
  const complete = training.done.length >= ROUND;
  return (
    <div className="train">
      {complete ? (
        <RoundDone
          done={training.done}
          onAgain={() => {
            training.restart();
            onRound();
          }}
        />
      ) : (
        <RoundField training={training} theme={theme} pen={pen} />
      )}
      <div className="column">
        {!complete && <Result training={training} />}
        <Standing waiting={summary?.waiting} pending={outbox.pending.length} given={given} />
      </div>
    </div>
  );
}

/** The prompt, the field, and the round's progress. */
function RoundField({
  training,
  theme,
  pen,
}: {
  readonly training: Training;
  readonly theme: Theme;
  readonly pen: readonly [number, () => void];
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ink = useInkPad(canvas, theme, pen[0]);
  const { asked, done, saving } = training;
  const empty = isBlank(ink.drawing);
  const { restart } = ink;

  // The next digit wants an empty field, without the drawing before in its past.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of what is asked for that counts
  useEffect(() => restart(), [restart, asked, done.length]);

  const { save } = training;
  const { drawing } = ink;
  const submit = useCallback(() => {
    if (!empty && !saving) void save(drawing);
  }, [empty, saving, save, drawing]);

  const [keysOn] = useShortcutSwitch();
  const shortcuts = useMemo<Shortcuts>(
    () => ({ z: ink.undo, y: ink.redo, escape: ink.clear, enter: submit }),
    [ink.undo, ink.redo, ink.clear, submit],
  );
  useShortcuts(shortcuts, keysOn);

  return (
    <div className="column">
      <div className="prompt">
        <h2 data-testid="train-prompt" data-digit={asked} aria-live="polite">
          {words.ask(asked)}
        </h2>
        <div className="progress">
          <progress value={done.length} max={ROUND} aria-label={words.progress} />
          <span className="muted small-text" data-testid="train-progress">
            {words.count(done.length, ROUND)}
          </span>
        </div>
      </div>
      <DrawingField
        canvas={canvas}
        testId="train-canvas"
        label={words.label(asked)}
        empty={empty && !ink.penDown}
        hint={words.ask(asked)}
      >
        <InkTools ink={ink} pen={pen} prefix="train-" />
        <button type="button" className="button" data-testid="train-skip" onClick={training.skip}>
          {words.skip}
        </button>
        <button
          type="button"
          className="button primary"
          data-testid="train-save"
          disabled={empty || saving}
          aria-busy={saving}
          onClick={submit}
        >
          {words.next}
        </button>
      </DrawingField>
    </div>
  );
}

/** What the model would have said of the last drawing. */
function Result({ training }: { readonly training: Training }) {
  const { done, saving, refusal, canTakeBack } = training;
  const last = done.at(-1);
  const [streak, fooled] = [streakOf(done), fooledBy(done)];
  return (
    <section className="card result">
      <h2>{words.heading}</h2>
      <p className="muted small-text">{words.intro}</p>
      <div className="last">
        {last ? (
          <img className="pixels" src={last.image} width="28" height="28" alt={drawn(last)} />
        ) : (
          <span className="pixels" />
        )}
        <p
          className={
            refusal ? "alarm" : last?.answer && last.answer.digit !== last.label ? "warning" : "muted"
          }
          role="status"
          data-testid="train-status"
        >
          {saving ? words.saving : (refusal ?? (last ? verdictOf(last) : words.first))}
        </p>
      </div>
      <div className="below-result">
        <p className="chips" data-testid="train-streak">
          {streak > 1 && <span className="chip good">{words.streak(streak)}</span>}
          {fooled > 0 && <span className="chip warning">{words.fooled(fooled)}</span>}
        </p>
        {canTakeBack && (
          <button
            type="button"
            className="button small"
            data-testid="train-take-back"
            onClick={training.takeBack}
          >
            {words.undo}
          </button>
        )}
      </div>
    </section>
  );
}

/** How much waits: here on the device, and there for the next retraining. */
function Standing({
  waiting,
  pending,
  given,
}: {
  readonly waiting: number | undefined;
  readonly pending: number;
  readonly given: GivenCount;
}) {
  const count = useGiven(given);
  return (
    <div className="standing small-text">
      {pending > 0 && (
        <p className="warning" data-testid="train-kept">
          {words.kept(pending)}
        </p>
      )}
      {waiting !== undefined && (
        <p className="muted" data-testid="train-waiting">
          {words.waiting(waiting)}
        </p>
      )}
      {count > 0 && <p className="muted">{strings.feedback.given(count)}</p>}
    </div>
  );
}

/** The end of a round: what was drawn, and how the model would have done. */
function RoundDone({ done, onAgain }: { readonly done: readonly Trained[]; readonly onAgain: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  // The button that had the focus is gone.
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  const right = done.filter(({ label, answer }) => answer?.digit === label).length;
  return (
    <section className="card round-done" data-testid="train-done">
      <h2>{words.doneHeading}</h2>
      <p role="status">{words.done(right, fooledBy(done))}</p>
      <ul className="drawn">
        {done.map((each) => (
          <li
            key={each.id}
            className={each.answer && each.answer.digit !== each.label ? "mistaken" : undefined}
          >
            <img className="pixels" src={each.image} width="28" height="28" alt={drawn(each)} />
            <span aria-hidden="true">
              {each.label}
              {each.answer && each.answer.digit !== each.label && ` → ${each.answer.digit}`}
            </span>
          </li>
        ))}
      </ul>
      <button
        ref={button}
        type="button"
        className="button primary"
        data-testid="train-again"
        onClick={onAgain}
      >
        {words.again}
      </button>
    </section>
  );
}

function drawn({ label, answer }: Trained): string {
  return words.drawn(label, answer?.digit);
}

function verdictOf({ label, answer }: Trained): string {
  if (!answer) return words.unasked(label);
  if (answer.digit === label) return words.right(label, answer.confidence);
  return words.wrong(label, answer.digit, answer.confidence);
}
