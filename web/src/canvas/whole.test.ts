import { expect, it } from "vitest";
import { isWhole, kindOf } from "./whole";

const text = (letters: string) => [...letters].map((letter) => letter.charCodeAt(0));
const THUMBNAIL = [0xff, 0xd8, 0xff, 0xd9];
const JPEG = [
  0xff,
  0xd8,
  0xff,
  0xe1,
  0,
  2 + THUMBNAIL.length,
  ...THUMBNAIL,
  0xff,
  0xda,
  0,
  3,
  1,
  7,
  7,
  0xff,
  0xd9,
];
const PNG = [
  0x89,
  0x50,
  0x4e,
  0x47,
  13,
  10,
  26,
  10,
  1,
  2,
  3,
  0,
  0,
  0,
  0,
  ...text("IEND"),
  0xae,
  0x42,
  0x60,
  0x82,
];
const WEBP = [...text("RIFF"), 6, 0, 0, 0, ...text("WEBP"), 1, 2];

it.each([
  ["jpeg", JPEG],
  ["png", PNG],
  ["riff", WEBP],
])("a whole %s is told from one that broke off", (kind, whole) => {
  expect(kindOf(Uint8Array.from(whole))).toBe(kind);
  expect(isWhole(Uint8Array.from(whole))).toBe(true);
  for (const missing of [1, 2]) {
    const cut = kind === "png" ? 6 + missing : missing;
    expect(isWhole(Uint8Array.from(whole.slice(0, -cut)))).toBe(false);
  }
});

it("what a camera writes behind the end of a photo is no harm", () => {
  expect(isWhole(Uint8Array.from([...JPEG, ...text("a film of two seconds")]))).toBe(true);
});

it.each([
  ["heic", [0, 0, 0, 24, ...text("ftypheic")]],
  ["heic", [0, 0, 0, 24, ...text("ftypmif1")]],
  [undefined, [0, 0, 0, 24, ...text("ftypavif")]],
  ["pdf", text("%PDF-1.7")],
  [undefined, []],
] as const)("it is %s by its content, whatever it is called", (kind, bytes) => {
  expect(kindOf(Uint8Array.from(bytes))).toBe(kind);
});
