/** Starts the service worker once the page is loaded, so that it takes nothing from the first paint. */
export function keepShellOffline(): void {
  // Absent on plain HTTP; and `npm run dev` must show what was just written.
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  window.addEventListener("load", () => {
    // Private windows refuse it; the page works without.
    navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  });
}
