import { useEffect, useSyncExternalStore } from "react";
import { strings } from "../strings";

/** The pages, in the order of their tabs; their names are their addresses, too: `#train`. */
export const PAGES = ["draw", "train", "data", "model"] as const;

/** One of {@link PAGES}. */
export type PageName = (typeof PAGES)[number];

/** Whether the address names a page at all: all of them are at the root. A server may answer with this page for others, too. */
export function isKnownAddress(): boolean {
  return window.location.pathname === "/" || window.location.pathname === "/index.html";
}

/** The page that the address names; the first one where it names none. */
function pageOf(hash: string): PageName {
  return PAGES.find((page) => hash === `#${page}`) ?? PAGES[0];
}

/** The page to show. Its name goes into the title, and a change of it begins at the top. */
export function usePage(): PageName {
  const page = useSyncExternalStore(
    followAddress,
    () => pageOf(window.location.hash),
    () => PAGES[0],
  );
  useEffect(() => {
    document.title = strings.pages[page].title;
    window.scrollTo(0, 0);
  }, [page]);
  return page;
}

function followAddress(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}
