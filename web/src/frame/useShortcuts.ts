import { useEffect, useState } from "react";
import { STORAGE_KEYS } from "../config";
import { remember, remembered } from "../memory";
import { nameOf } from "./keys";

/** What keys do, by their {@link nameOf names}. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** Controls that have their own use for Enter and letters. */
const OWN_KEYS = "input, select, textarea, [contenteditable]";
const OWN_ENTER = "a, button, summary";

/** Listens to single keys, wherever the focus is, but not where a control needs them itself. */
export function useShortcuts(shortcuts: Shortcuts, enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      const key = nameOf(event);
      const undoing = key === "z" || key === "y";
      // On some systems AltGr is no Alt, and types a sign.
      if (event.altKey || event.getModifierState("AltGraph")) return;
      if (((event.ctrlKey || event.metaKey) && !undoing) || event.repeat) return;
      if (target.closest(OWN_KEYS) || (key === "enter" && target.closest(OWN_ENTER))) return;
      const act = shortcuts[key === "z" && event.shiftKey ? "y" : key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [shortcuts, enabled]);
}

/**
 * Whether single keys do something. They can be switched off: speech control types them by accident
 * (WCAG 2.2, criterion 2.1.4).
 */
export function useShortcutSwitch(): readonly [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => remembered(STORAGE_KEYS.shortcuts) !== "off");
  const set = (next: boolean) => {
    setOn(next);
    remember(STORAGE_KEYS.shortcuts, next ? "on" : "off");
  };
  return [on, set];
}
