import { describe, expect, it } from "vitest";
import { BLANK, withStroke } from "./drawing";
import { changed, redone, START, undone } from "./history";

const stroke = { points: [{ x: 1, y: 1 }], width: 18 };
const one = withStroke(BLANK, stroke);
const two = withStroke(one, stroke);

describe("the history of a drawing", () => {
  it("goes back stroke by stroke and forth again", () => {
    const full = changed(changed(START, one), two);
    expect(undone(full).drawing).toBe(one);
    expect(undone(undone(full)).drawing).toBe(BLANK);
    expect(redone(undone(full))).toEqual(full);
  });

  it("stays where it is at either end", () => {
    expect(undone(START)).toBe(START);
    const full = changed(START, one);
    expect(redone(full)).toBe(full);
  });

  it("takes back a clear", () => {
    const cleared = changed(changed(START, one), BLANK);
    expect(undone(cleared).drawing).toBe(one);
  });

  it("does not count clearing a blank field", () => {
    expect(changed(START, { strokes: [] })).toBe(START);
  });

  it("forgets what was undone once something else is drawn", () => {
    const branched = changed(undone(changed(START, one)), two);
    expect(redone(branched).drawing).toBe(two);
  });

  it("does not grow without end", () => {
    let history = START;
    for (let i = 0; i < 1000; i++) history = changed(history, withStroke(BLANK, stroke));
    expect(history.past.length).toBeLessThanOrEqual(200);
  });
});
