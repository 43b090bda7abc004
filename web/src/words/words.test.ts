import { expect, it } from "vitest";
import { de } from "./de";
import { en } from "./en";

/** All texts of a language by their path; functions are asked with what every one of them takes. */
function texts(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) => {
    const at = `${path}.${key}`;
    if (typeof value === "string") return [[at, value] as [string, string]];
    return typeof value === "object" && value !== null ? texts(value, at) : [];
  });
}

const GERMAN = new Map(texts(de));
/** What both languages write alike. */
const ALIKE = new Set([
  ".answer.none",
  ".data.notADigitShort",
  ".download.fileName",
  ".shortcuts.list.0.0",
  ".shortcuts.list.1.0",
  ".shortcuts.list.2.0",
  ".shortcuts.list.3.0",
  ".shortcuts.list.4.0",
  ".shortcuts.list.5.0",
  ".training.notSaved.saved",
]);

it.each(texts(en).filter(([at]) => !ALIKE.has(at)))("%s is German in German", (at, english) => {
  expect(GERMAN.get(at)).toBeTruthy();
  expect(GERMAN.get(at)).not.toBe(english);
});

it("writes numbers as each language does", () => {
  expect([en.percent(0.973), de.percent(0.973)]).toEqual(["97.3 %", "97,3 %"]);
  expect([en.number(12_345), de.number(12_345)]).toEqual(["12,345", "12.345"]);
  expect([en.short(1_500_000), de.short(1_500_000)]).toEqual(["1.5M", "1,5 Mio."]);
  expect([en.day("2026-11-25"), de.day("2026-11-25")]).toEqual(["25 November 2026", "25. November 2026"]);
});

it.each([
  [10, 0, 0, "Alle sind für das nächste Training gespeichert."],
  [7, 2, 1, "7 sind gespeichert, 2 warten aufs Senden, 1 wurde abgelehnt."],
  [0, 10, 0, "Noch keine ist gespeichert, 10 warten aufs Senden."],
])(
  "a round of %i saved, %i waiting and %i refused is told in German: %s",
  (saved, waiting, refused, text) => {
    expect(de.training.saved(saved, waiting, refused)).toBe(text);
  },
);

it("keeps the API's own sentence where it knows none in German", () => {
  expect(de.errors.said("The picture is empty: draw a digit first.")).toBe(
    "Das Bild ist leer: Zeichne erst eine Ziffer.",
  );
  expect(de.errors.said("Something new.")).toContain("„Something new.“");
  expect(en.errors.said("Something new.")).toBe("Something new.");
});

it.each([
  ["407", [], "4, 0, 7.", "4, 0, 7."],
  ["407", [1], "4, 0, 7; the second is unsure.", "4, 0, 7; die zweite ist unsicher."],
  [
    "47",
    [0, 1],
    "4, 7; the first and the second are unsure.",
    "4, 7; die erste und die zweite sind unsicher.",
  ],
  ["14 70", [0, 2, 3], "1, 4; then 7, 0; 3 of 4 are unsure.", "1, 4; dann 7, 0; 3 von 4 sind unsicher."],
])(
  "a listener hears of %s what was read and which digits %j are unsure",
  (number, places, english, german) => {
    const all = number.replace(" ", "").length;
    expect(en.answer.announcedNumber(number, places, all)).toBe(english);
    expect(de.answer.announcedNumber(number, places, all)).toBe(german);
  },
);

it("counts digits as each language does", () => {
  const digit = { digit: 8, confidence: 0.9999, uncertain: false, said: undefined };
  const places = [0, 10, 20, 21, 22, 31];
  expect(places.map((nth) => en.answer.digitOf({ ...digit, nth }).split(" ")[0])).toEqual([
    "First",
    "11th",
    "21st",
    "22nd",
    "23rd",
    "32nd",
  ]);
  expect(de.answer.digitOf({ ...digit, nth: 11 })).toBe("12. Ziffer: 8, 99,9\u00a0%");
  expect(en.answer.digitOf({ ...digit, nth: 1, uncertain: true, said: "NaN" })).toBe(
    "Second digit: perhaps an 8; you said not a digit",
  );
});
