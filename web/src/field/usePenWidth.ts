import { useState } from "react";
import { DEFAULT_PEN_WIDTH, PEN_WIDTHS, STORAGE_KEYS } from "../config";
import { remember, remembered } from "../memory";

/** The width of the pen, remembered over visits, and the way to the next one. */
export function usePenWidth(): readonly [number, () => void] {
  const [width, setWidth] = useState<number>(() => {
    const stored = Number(remembered(STORAGE_KEYS.penWidth));
    return PEN_WIDTHS.find((each) => each === stored) ?? DEFAULT_PEN_WIDTH;
  });
  const next = () => {
    const following = PEN_WIDTHS.find((each) => each > width) ?? PEN_WIDTHS[0];
    setWidth(following);
    remember(STORAGE_KEYS.penWidth, String(following));
  };
  return [width, next];
}
