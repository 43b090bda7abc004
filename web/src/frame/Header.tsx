import { STORAGE_KEYS } from "../config";
import { remember } from "../memory";
import { other, otherName, strings } from "../strings";
import { DataIcon, ModelIcon, MoonIcon, PenIcon, SunIcon, TrainIcon } from "./icons";
import { PAGES, type PageName } from "./usePage";
import type { Theme } from "./useTheme";

const ICONS = { draw: PenIcon, train: TrainIcon, data: DataIcon, model: ModelIcon };

interface Props {
  readonly page: PageName;
  readonly theme: Theme;
  readonly onToggleTheme: () => void;
  /** Stands in the place of the name as long as there is one, so that it covers nothing and nothing moves. */
  readonly note: string;
}

/** Name of the page, the tabs, and the switches of languages and themes. */
export function Header({ page, theme, onToggleTheme, note }: Props) {
  const label = theme === "dark" ? strings.theme.toLight : strings.theme.toDark;
  return (
    <header className="header">
      <img className="mark" src="/favicon.svg" width="36" height="36" alt="" />
      <div className="name" data-note={note ? "" : undefined}>
        <div>
          <h1>{strings.title}</h1>
          <p className="muted tagline">{strings.tagline}</p>
        </div>
        <p className="note" role="status" data-testid="connection">
          {note}
        </p>
      </div>
      <nav className="tabs" aria-label={strings.pages.label}>
        {PAGES.map((each) => {
          const Icon = ICONS[each];
          return (
            <a
              key={each}
              className="tab"
              href={`#${each}`}
              data-testid={`tab-${each}`}
              aria-current={each === page ? "page" : undefined}
            >
              <Icon />
              {strings.pages[each].tab}
            </a>
          );
        })}
      </nav>
      <button
        type="button"
        className="button quiet square language"
        data-testid="language"
        lang={other}
        aria-label={`${other.toUpperCase()}, ${otherName}`}
        title={otherName}
        onClick={speakOther}
      >
        {other.toUpperCase()}
      </button>
      <button
        type="button"
        className="button quiet square theme-toggle"
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

/** The page begins anew in the other language; the drawing is kept over that. */
function speakOther(): void {
  remember(STORAGE_KEYS.language, other);
  location.reload();
}
