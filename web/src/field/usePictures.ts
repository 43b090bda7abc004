import { useCallback, useEffect, useState } from "react";
import { importedPicture, NotAPicture } from "../canvas/imported";
import type { Drawing, Picture } from "../ink/drawing";
import { strings } from "../strings";

/** Ways to bring a picture along instead of drawing. */
export interface Pictures {
  /** Why the last one could not be taken. */
  readonly complaint: string | undefined;
  /** Whether one is being dragged over the field. */
  readonly over: boolean;
  /** Whether one is being opened; a large one takes a moment. */
  readonly opening: boolean;
  readonly take: (files: Iterable<File>) => void;
}

/**
 * Takes pictures that are chosen, dropped or pasted.
 *
 * @param active - whether the page that takes them is on show
 * @param drawing - what is on the field; a complaint is over when it changes
 */
export function usePictures(active: boolean, drawing: Drawing, show: (picture: Picture) => void): Pictures {
  const [complaint, setComplaint] = useState<string>();
  const [over, setOver] = useState(false);
  const [opening, setOpening] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change that counts
  useEffect(() => setComplaint(undefined), [drawing]);

  const take = useCallback(
    async (files: Iterable<File>) => {
      const [file] = files;
      if (!file) {
        setComplaint(strings.picture.kind);
        return;
      }
      setComplaint(undefined);
      setOpening(true);
      try {
        show(await importedPicture(file));
      } catch (error) {
        if (!(error instanceof NotAPicture)) throw error;
        setComplaint(error.message);
      } finally {
        setOpening(false);
      }
    },
    [show],
  );

  useEffect(() => {
    if (!active) return;
    const paste = ({ clipboardData }: ClipboardEvent) => {
      if (clipboardData && clipboardData.files.length > 0) void take(clipboardData.files);
    };
    // Anywhere on the page: a picture that misses the field would otherwise replace it.
    const drag = (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (!relatedTarget) setOver(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void take(event.dataTransfer.files);
    };
    document.addEventListener("paste", paste);
    window.addEventListener("dragover", drag);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("paste", paste);
      window.removeEventListener("dragover", drag);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [active, take]);

  return { complaint, over, opening, take };
}
