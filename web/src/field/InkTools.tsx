import { PEN_WIDTHS } from "../config";
import { DotIcon, RedoIcon, UndoIcon } from "../frame/icons";
import { strings } from "../strings";
import { Tool } from "./Tool";
import type { Ink } from "./useInkPad";

const words = strings.canvas;

interface Props {
  readonly ink: Ink;
  readonly pen: readonly [number, () => void];
  /** Goes before the test ids, where there are two fields on the page. */
  readonly prefix?: string;
}

/** Undo, redo and the width of the pen. */
export function InkTools({ ink, pen: [width, nextWidth], prefix = "" }: Props) {
  const size = PEN_WIDTHS.indexOf(width);
  return (
    <>
      <Tool name={words.undo} testId={`${prefix}undo`} disabled={!ink.canUndo} onClick={ink.undo}>
        <UndoIcon />
      </Tool>
      <Tool name={words.redo} testId={`${prefix}redo`} disabled={!ink.canRedo} onClick={ink.redo}>
        <RedoIcon />
      </Tool>
      <Tool name={words.pen(size)} testId={`${prefix}pen-width`} onClick={nextWidth}>
        <DotIcon size={size} />
      </Tool>
    </>
  );
}
