import type { RefObject } from "react";
import type { Recognition } from "../recognition/recognition";
import { strings } from "../strings";

interface Props {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly status: Recognition["status"];
  readonly onPredict: () => void;
  readonly onClear: () => void;
}

/** The field to draw on, with what can be done to a drawing. */
export function DrawingField({ canvas, status, onPredict, onClear }: Props) {
  const empty = status === "empty";
  return (
    <section className="column" aria-label={strings.canvas.heading}>
      <div className="field">
        <canvas
          ref={canvas}
          className="canvas"
          data-testid="canvas"
          role="img"
          aria-label={strings.canvas.label}
          aria-describedby="canvas-description"
        >
          {strings.canvas.description}
        </canvas>
        <p className={empty ? "field-hint" : "field-hint hidden"} aria-hidden="true">
          {strings.canvas.hint}
        </p>
      </div>
      <p id="canvas-description" className="visually-hidden">
        {strings.canvas.description}
      </p>
      <div className="row">
        <button type="button" className="button" data-testid="clear" disabled={empty} onClick={onClear}>
          {strings.canvas.clear}
        </button>
        <button
          type="button"
          className="button primary"
          data-testid="predict"
          disabled={empty}
          aria-busy={status === "waiting"}
          onClick={onPredict}
        >
          {strings.canvas.predict}
        </button>
      </div>
    </section>
  );
}
