import { STORAGE_KEYS } from "../config";
import { remembered } from "../memory";

/** The languages that the page has words in, each by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

function isLanguage(name: string | null): name is Language {
  return name !== null && name in LANGUAGES;
}

/** What was chosen here before, else the first that the browser asks for and the page has, else English. */
export function language(): Language {
  const before = remembered(STORAGE_KEYS.language);
  if (isLanguage(before)) return before;
  const asked = (globalThis.navigator?.languages ?? []).map((each) => each.slice(0, 2).toLowerCase());
  return asked.find(isLanguage) ?? "en";
}
