// Puts the remembered theme on <html> before the first paint, says there if the page that the build has drawn
// (English, ready to draw) is not the one to come, and asks for the files of the page that the address names. A file
// of its own, because an inline script would need 'unsafe-inline' in the content security policy. The keys are those
// in src/config.ts.
const root = document.documentElement;
let chosen = null;
try {
  chosen = localStorage.getItem("digit-recognizer.language");
  const theme = localStorage.getItem("digit-recognizer.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
} catch {
  // Storage is blocked: the page follows the system.
}
const known = [chosen, ...navigator.languages.map((each) => each.slice(0, 2).toLowerCase())];
if (known.find((each) => each === "en" || each === "de") === "de" || location.pathname.length > 1)
  root.dataset.drawn = "hidden";
else if (location.hash && location.hash !== "#draw") root.dataset.drawn = "head";

const files = JSON.parse(document.querySelector('meta[name="files"]')?.content || "{}");
const page = location.hash.slice(1);
for (const href of Object.hasOwn(files, page) ? files[page] : []) {
  const link = document.createElement("link");
  const isStyle = href.endsWith(".css");
  link.rel = isStyle ? "preload" : "modulepreload";
  if (isStyle) link.as = "style";
  link.crossOrigin = ""; // as the page's own code asks for it
  link.href = href;
  document.head.append(link);
}
