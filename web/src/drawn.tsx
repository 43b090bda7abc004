import { renderToString } from "react-dom/server";

/** Of a browser, what is asked while the page is made: one that says nothing of itself. */
const BROWSER = {
  window: { matchMedia: () => ({ matches: false }) },
  document: { documentElement: { dataset: {} } },
  navigator: { languages: [] },
};

const never = () => Promise.reject(new Error("Nothing is sent while the page is built."));

/**
 * The page as it stands before anyone has drawn, as HTML that the build puts into index.html: on a slow network it is seen
 * a second before the code is there that makes it work. Until then it is inert; then React takes its place.
 */
export async function drawn(): Promise<string> {
  for (const [name, value] of Object.entries(BROWSER)) Object.defineProperty(globalThis, name, { value });
  const [{ App }, { createClient }, { GivenDrawings }, { GivenCount }, { FeedbackQueue }] = await Promise.all(
    [
      import("./App"),
      import("./api/client"),
      import("./outbox/drawings"),
      import("./outbox/given"),
      import("./outbox/queue"),
    ],
  );
  const storage = { getItem: () => null, setItem: () => undefined };
  const html = renderToString(
    <App
      client={createClient("", never)}
      queue={new FeedbackQueue({ storage, key: "", send: never })}
      givenCount={new GivenCount(storage, "")}
      drawings={new GivenDrawings(storage, "")}
    />,
  );
  // The content security policy lets no style into HTML, and what tests ask for is what works.
  return `<div inert>${html.replaceAll(/ (style|data-testid)="[^"]*"/g, "")}</div>`;
}
