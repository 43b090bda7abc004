import { type DragEvent, useCallback, useEffect, useState } from "react";
import { importedPicture, NotAPicture } from "../canvas/imported";
import type { Picture } from "../ink/drawing";
import { strings } from "../strings";

/** Ways to bring a picture along instead of drawing. */
export interface Pictures {
  /** Why the last one could not be taken. */
  readonly complaint: string | undefined;
  /** Whether one is being dragged over the field. */
  readonly over: boolean;
  readonly take: (files: Iterable<File>) => void;
  /** To be spread onto the element that pictures are dropped on. */
  readonly target: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: () => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

/**
 * Takes pictures that are chosen, dropped or pasted.
 *
 * @param active - whether the page that takes them is on show
 * @param touched - changes when something else was drawn: a complaint is over then
 */
export function usePictures(active: boolean, touched: unknown, show: (picture: Picture) => void): Pictures {
  const [complaint, setComplaint] = useState<string>();
  const [over, setOver] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change that counts
  useEffect(() => setComplaint(undefined), [touched]);

  const take = useCallback(
    async (files: Iterable<File>) => {
      const [file] = files;
      if (!file) {
        setComplaint(strings.picture.kind);
        return;
      }
      setComplaint(undefined);
      try {
        show(await importedPicture(file));
      } catch (error) {
        if (!(error instanceof NotAPicture)) throw error;
        setComplaint(error.message);
      }
    },
    [show],
  );

  useEffect(() => {
    if (!active) return;
    const paste = ({ clipboardData }: ClipboardEvent) => {
      if (clipboardData && clipboardData.files.length > 0) void take(clipboardData.files);
    };
    // A picture that misses the field would otherwise replace the page.
    const prevent = (event: Event) => event.preventDefault();
    document.addEventListener("paste", paste);
    window.addEventListener("dragover", prevent);
    window.addEventListener("drop", prevent);
    return () => {
      document.removeEventListener("paste", paste);
      window.removeEventListener("dragover", prevent);
      window.removeEventListener("drop", prevent);
    };
  }, [active, take]);

  return {
    complaint,
    over,
    take,
    target: {
      onDragOver: (event) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files);
      },
    },
  };
}
