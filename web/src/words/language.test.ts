import { afterEach, expect, it, vi } from "vitest";
import { STORAGE_KEYS } from "../config";
import { language } from "./language";

function browser(languages: readonly string[], chosen: string | null = null): void {
  vi.stubGlobal("navigator", { languages });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => (key === STORAGE_KEYS.language ? chosen : null),
  });
}

afterEach(() => vi.unstubAllGlobals());

it.each([
  [["de-AT", "en"], null, "de"],
  [["fr-FR", "de", "en"], null, "de"],
  [["en-US", "de"], null, "en"],
  [["fr-FR"], null, "en"],
  [["de"], "en", "en"],
  [["en"], "de", "de"],
  [["de"], "klingon", "de"],
])("of %j, having chosen %s, it is %s", (languages, chosen, spoken) => {
  browser(languages, chosen);
  expect(language()).toBe(spoken);
});

it("follows the browser where storage is blocked", () => {
  browser(["de"]);
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new DOMException("blocked", "SecurityError");
    },
  });
  expect(language()).toBe("de");
});
