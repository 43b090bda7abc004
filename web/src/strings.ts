import { de } from "./words/de";
import { en, type Words } from "./words/en";
import { LANGUAGES, type Language, language } from "./words/language";

const WORDS: Readonly<Record<Language, Words>> = { en, de };

/** The language that the page is in, from its start to its end. */
export const spoken: Language = language();

/** Every word of the page, in the language that it is in. */
export const strings: Words = WORDS[spoken];

/** The other language, to switch to. */
export const other: Language = spoken === "de" ? "en" : "de";

/** The other language's own name. */
export const otherName: string = LANGUAGES[other];
