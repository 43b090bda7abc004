import { useCallback, useEffect, useMemo, useState } from "react";
import type { Answer, ApiClient } from "../../api/client";
import { pictureOf } from "../../canvas/picture";
import { LIVE_ANSWERS } from "../../config";
import { savesData } from "../../frame/savesData";
import { Glimpses } from "./glimpses";

/** What is read while the pen moves. */
export interface LiveReading {
  readonly glimpses: Glimpses;
  /** The latest of them; none once the stroke's own answer is there. */
  readonly glimpse: Answer | undefined;
  /** Forgets it. */
  readonly forget: () => void;
}

/** Reads while one draws, unless this build or the person's device says not to. */
export function useGlimpses(client: ApiClient): LiveReading {
  const [glimpse, setGlimpse] = useState<Answer>();
  const glimpses = useMemo(
    () =>
      new Glimpses(async (drawing, signal) => client.glimpse(await pictureOf(drawing), signal), setGlimpse),
    [client],
  );
  useEffect(() => () => glimpses.end(), [glimpses]);
  return { glimpses, glimpse, forget: useCallback(() => setGlimpse(undefined), []) };
}

/** Whether to ask while the pen moves: not where each byte is dear. */
export function asksLive(): boolean {
  return LIVE_ANSWERS && !savesData();
}
