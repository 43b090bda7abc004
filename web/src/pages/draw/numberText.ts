import type { Said } from "./steps";

/** What stands under a bar: what was said of the digit, or what was read, with a doubt where there is one. */
export function shown(digit: number, uncertain: boolean, said: Said | undefined): string {
  if (said !== undefined) return `${said === "NaN" ? "×" : said} ✓`;
  return uncertain ? `${digit}?` : String(digit);
}

/** Which digits begin a line, but for the first one. */
export function lineBegins(number: string): ReadonlySet<number> {
  let before = 0;
  return new Set(
    number
      .split(" ")
      .slice(0, -1)
      .map((line) => {
        before += line.length;
        return before;
      }),
  );
}
