import { describe, expect, it } from "vitest";
import { nameOf } from "./keys";

describe("the name of a key", () => {
  it.each([
    ["z", "KeyZ", false, "z", "an English keyboard"],
    ["Z", "KeyZ", true, "z", "an English keyboard, with Shift"],
    ["z", "KeyY", false, "z", "a German keyboard: what is printed counts"],
    ["y", "KeyZ", false, "y", "a German keyboard"],
    ["я", "KeyZ", false, "z", "a Russian keyboard"],
    ["Я", "KeyZ", true, "z", "a Russian keyboard, with Shift"],
    ["т", "KeyN", false, "n", "a Russian keyboard"],
    ["ζ", "KeyZ", false, "z", "a Greek keyboard"],
    ["υ", "KeyY", false, "y", "a Greek keyboard"],
    ["ئ", "KeyZ", false, "z", "an Arabic keyboard"],
    ["w", "KeyZ", false, "w", "a French keyboard: another Latin letter is not meant"],
    [";", "KeyZ", false, ";", "a Dvorak keyboard: nor is a sign"],
    ["7", "Digit7", false, "7", "an English keyboard"],
    ["&", "Digit1", false, "1", "a French keyboard"],
    ["à", "Digit0", false, "0", "a French keyboard"],
    ["1", "Digit1", true, "1", "a French keyboard, with Shift"],
    ["!", "Digit1", true, "!", "an English keyboard, with Shift: a sign is meant"],
    ["ě", "Digit2", false, "2", "a Czech keyboard"],
    ["٣", "Digit3", false, "3", "an Arabic keyboard"],
    ["۷", "Digit7", false, "7", "a Persian keyboard"],
    ["٩", "", false, "9", "a keyboard on the screen"],
    ["5", "Numpad5", false, "5", "a keypad"],
    ["٥", "Numpad5", false, "5", "an Arabic keypad"],
    ["Home", "Numpad7", false, "home", "a keypad without Num Lock"],
    ["+", "NumpadAdd", false, "+", "a keypad"],
    ["Escape", "Escape", false, "escape", "any keyboard"],
    ["Enter", "NumpadEnter", false, "enter", "a keypad"],
    ["Dead", "KeyZ", false, "dead", "a key that waits for another"],
    ["Process", "KeyZ", false, "process", "an input method that is at work"],
  ])("of %s at %s (Shift: %s) is %s on %s", (key, code, shiftKey, name) => {
    expect(nameOf({ key, code, shiftKey })).toBe(name);
  });
});
