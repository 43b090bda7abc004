import { useRef } from "react";
import { strings } from "../strings";
import { PictureIcon } from "./icons";
import { Tool } from "./Tool";

/** Chooses a picture of a digit: the way in for whoever can't draw here. */
export function PictureButton({ onFiles }: { readonly onFiles: (files: Iterable<File>) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Tool name={strings.canvas.choose} testId="picture" onClick={() => input.current?.click()}>
        <PictureIcon />
      </Tool>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        data-testid="picture-file"
        onChange={({ currentTarget }) => {
          if (currentTarget.files?.length) onFiles([...currentTarget.files]);
          // The same file again is a change, too.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
