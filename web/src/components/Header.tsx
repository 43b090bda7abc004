import type { Theme } from "../hooks/useTheme";
import { strings } from "../strings";
import { MoonIcon, SunIcon } from "./icons";

/** Name of the page and the switch of themes. */
export function Header({
  theme,
  onToggleTheme,
}: {
  readonly theme: Theme;
  readonly onToggleTheme: () => void;
}) {
  const label = theme === "dark" ? strings.theme.toLight : strings.theme.toDark;
  return (
    <header className="header">
      <img className="mark" src="/favicon.svg" width="36" height="36" alt="" />
      <div>
        <h1>{strings.title}</h1>
        <p className="muted tagline">{strings.tagline}</p>
      </div>
      <button
        type="button"
        className="button quiet square"
        data-testid="theme-toggle"
        aria-label={label}
        title={label}
        onClick={onToggleTheme}
      >
        {theme === "dark" ? <SunIcon /> : <MoonIcon />}
      </button>
    </header>
  );
}
