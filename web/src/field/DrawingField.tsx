import { type ReactNode, type RefObject, useId } from "react";
import { strings } from "../strings";
import type { Pictures } from "./usePictures";

interface Props {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly testId: string;
  readonly label: string;
  readonly empty: boolean;
  readonly hint: string;
  readonly pictures?: Pictures;
  /** What lies over the ink. */
  readonly over?: ReactNode;
  /** What can be done to the drawing. */
  readonly children: ReactNode;
}

/** The field to draw on, with its tools. */
export function DrawingField({ canvas, testId, label, empty, hint, pictures, over, children }: Props) {
  const description = useId();
  return (
    <section className="column" aria-label={strings.canvas.heading}>
      <div className={pictures?.over ? "field over" : "field"} aria-busy={pictures?.opening}>
        <canvas
          ref={canvas}
          className="canvas"
          data-testid={testId}
          role="img"
          aria-label={label}
          aria-describedby={description}
        >
          {strings.canvas.description}
        </canvas>
        {over}
        <p className={empty ? "field-hint" : "field-hint hidden"} aria-hidden="true">
          {pictures?.over ? strings.canvas.drop : hint}
        </p>
        {pictures?.opening && (
          <p className="field-opening" role="status">
            {strings.picture.opening}
          </p>
        )}
        <div className="field-complaint" role="alert" data-testid="picture-status">
          {pictures?.complaint && <p>{pictures.complaint}</p>}
        </div>
      </div>
      <p id={description} className="visually-hidden">
        {strings.canvas.description}
      </p>
      <div className="tools">{children}</div>
    </section>
  );
}
