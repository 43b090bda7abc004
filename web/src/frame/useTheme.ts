import { useEffect, useState, useSyncExternalStore } from "react";
import { STORAGE_KEYS } from "../config";

/** The two looks of the page. */
export type Theme = "light" | "dark";

const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

function followSystem(changed: () => void): () => void {
  systemIsDark.addEventListener("change", changed);
  return () => systemIsDark.removeEventListener("change", changed);
}

/**
 * The theme in force and a way to switch it. It follows the system until someone chooses the other one; choosing the
 * system's own again goes back to following. public/before-paint.js puts the choice back before the first paint.
 */
export function useTheme(): readonly [Theme, () => void] {
  const system: Theme = useSyncExternalStore(
    followSystem,
    () => systemIsDark.matches,
    () => false,
  )
    ? "dark"
    : "light";
  const [choice, setChoice] = useState<Theme | undefined>(() => {
    const { theme } = document.documentElement.dataset;
    return theme === "light" || theme === "dark" ? theme : undefined;
  });
  const theme = choice ?? system;

  useEffect(() => {
    const follow = ({ key, newValue }: StorageEvent) => {
      if (key === STORAGE_KEYS.theme)
        setChoice(newValue === "light" || newValue === "dark" ? newValue : undefined);
    };
    window.addEventListener("storage", follow);
    return () => window.removeEventListener("storage", follow);
  }, []);

  useEffect(() => {
    const { dataset } = document.documentElement;
    if (choice) dataset.theme = choice;
    else delete dataset.theme;
  }, [choice]);

  const toggle = () => {
    const next: Theme = theme === "dark" ? "light" : "dark";
    const nextChoice = next === system ? undefined : next;
    setChoice(nextChoice);
    try {
      if (nextChoice) localStorage.setItem(STORAGE_KEYS.theme, nextChoice);
      else localStorage.removeItem(STORAGE_KEYS.theme);
    } catch {
      // Storage is blocked: the choice lasts as long as the page.
    }
  };
  return [theme, toggle];
}
