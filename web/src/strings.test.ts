import { expect, it } from "vitest";
import { strings } from "./strings";

it.each([
  [0.9987, "99.8 %"],
  [0.999999, "99.9 %"],
  [1, "100.0 %"],
  [0.29, "29.0 %"],
  [0.00004, "0.0 %"],
])("the probability %f reads %s: rounded down, so that 100 %% means certain", (probability, text) => {
  expect(strings.percent(probability)).toBe(text);
});

it.each([
  [0, 0.9999, false, "This is a 0", "This is a 0. Confidence 99.9 %."],
  [8, 0.9999, false, "This is an 8", "This is an 8. Confidence 99.9 %."],
  [0, 0.968, true, "Perhaps a 0. Is it?", "Perhaps a 0. Is it?"],
  [8, 0.534, true, "No clear digit — is it an 8?", "No clear digit — is it an 8?"],
])("a %i of %f, uncertain: %s, is told so: %s", (digit, probability, uncertain, text, announced) => {
  expect(strings.answer.said(digit, probability, uncertain)).toBe(text);
  expect(strings.answer.announced(digit, probability, uncertain)).toBe(announced);
});

it.each([
  [999, "999"],
  [12_000, "12k"],
  [1_500_000, "1.5M"],
])("%i is short on an axis: %s", (count, text) => {
  expect(strings.short(count)).toBe(text);
});

it("an 8 has another article than all others, wherever it stands", () => {
  const said = [
    strings.training.ask(8),
    strings.training.label(8),
    strings.training.wrong(3, 8, 0.9),
    strings.training.unasked(8),
    strings.feedback.label(8),
    strings.data.drawing(8, 3),
  ];
  for (const each of said) expect(each).not.toMatch(/\ba 8/i);
});

it.each([
  [10, 0, 0, "All are saved for the next retraining."],
  [7, 2, 1, "7 are saved, 2 wait to be sent, 1 was refused."],
  [0, 10, 0, "None is saved yet, 10 wait to be sent."],
  [0, 0, 10, "None is saved, 10 were refused."],
  [9, 1, 0, "9 are saved, 1 waits to be sent."],
])(
  "of a round of which %i are saved, %i wait and %i were refused is said: %s",
  (saved, waiting, refused, text) => {
    expect(strings.training.saved(saved, waiting, refused)).toBe(text);
  },
);

it.each([
  [true, 7, 9, "A new model learned from yours: 7 of your 9 mistakes are read now."],
  [true, 1, 1, "A new model learned from yours: it reads your one mistake now."],
  [true, 0, 2, "A new model learned from yours; it still takes all your 2 mistakes for another digit."],
  [false, 0, 1, "Another model is in service now; it still takes your one mistake for another digit."],
  [false, 2, 3, "Another model is in service now: 2 of your 3 mistakes are read now."],
])("what became of mistakes is told, learned from them: %s, %i of %i", (learned, readNow, mistakes, text) => {
  expect(strings.yours.learned(learned, readNow, mistakes)).toBe(text);
});

it.each([
  [undefined, undefined, "not read"],
  [undefined, 7, "read today as 7"],
  [1, undefined, "read as 1"],
  [7, 7, "read as 7, then and today"],
  [1, 7, "read as 1, today as 7"],
] as const)("a drawing read as %s then and as %s today is told so", (before, now, text) => {
  expect(strings.yours.read(before, now)).toBe(text);
});
