import { useRef } from "react";
import { CameraIcon, PictureIcon } from "../frame/icons";
import { strings } from "../strings";
import { Tool } from "./Tool";

/** Chooses a picture of a digit, or on a phone takes one: the way in for whoever can't draw here. */
export function PictureButton({ onFiles }: { readonly onFiles: (files: Iterable<File>) => void }) {
  const chosen = useRef<HTMLInputElement>(null);
  const taken = useRef<HTMLInputElement>(null);
  const take = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    if (currentTarget.files?.length) onFiles([...currentTarget.files]);
    // The same file again is a change, too.
    currentTarget.value = "";
  };
  return (
    <>
      <Tool name={strings.canvas.choose} testId="picture" onClick={() => chosen.current?.click()}>
        <PictureIcon />
      </Tool>
      <input ref={chosen} type="file" accept="image/*" hidden data-testid="picture-file" onChange={take} />
      <button
        type="button"
        className="button camera"
        data-testid="camera"
        onClick={() => taken.current?.click()}
      >
        <CameraIcon />
        {strings.canvas.photograph}
      </button>
      <input
        ref={taken}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        data-testid="camera-file"
        onChange={take}
      />
    </>
  );
}
