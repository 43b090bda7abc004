import { useEffect, useRef } from "react";

/** Where what is open is a sheet over the page, as the style sheets say, or there is a gesture for the way back. */
const AS_SHEET = "(width < 48rem), (hover: none)";

/**
 * Lets Esc close what is open, before any other shortcut hears of it; and where it is a sheet, the way back, too, which
 * would otherwise leave the page.
 */
export function useDismissal(onClose: () => void): void {
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    const goBack = () => close.current();
    // Later than this effect, which React runs twice while the page is worked on.
    const entering = window.setTimeout(() => {
      if (!window.matchMedia(AS_SHEET).matches) return;
      window.history.pushState({ sheet: true }, "");
      window.addEventListener("popstate", goBack);
    });
    window.addEventListener("keydown", press, { capture: true });
    return () => {
      window.clearTimeout(entering);
      window.removeEventListener("keydown", press, { capture: true });
      window.removeEventListener("popstate", goBack);
      if (window.history.state?.sheet) window.history.back();
    };
  }, []);
}
