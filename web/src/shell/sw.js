// Keeps the page itself, so that it opens offline. The build puts `SHELL` before this: the files and what names this
// release. The API is none of its business: requests for it are never answered from here, so no old answer ever shows.

const CACHE = `shell-${SHELL.release}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      // Files with a hash in their name may come from the browser's cache; the others must be of this release.
      .then((cache) =>
        cache.addAll(
          SHELL.files.map(
            (file) => new Request(file, { cache: file.startsWith("/assets/") ? "default" : "reload" }),
          ),
        ),
      )
      .then(() => self.skipWaiting()),
  );
  // Newer browsers do not even wake the worker for the API.
  event
    .addRoutes?.(
      SHELL.api.map((path) => ({ condition: { urlPattern: { pathname: path } }, source: "network" })),
    )
    .catch(() => undefined);
});

self.addEventListener("activate", (event) => {
  const stale = (name) => name.startsWith("shell-") && name !== CACHE;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(stale).map((name) => caches.delete(name)))),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(kept(request));
  else if (SHELL.files.includes(pathname)) event.respondWith(fresh(request, pathname));
});

/** A file that never changes: from the cache, else from the network. */
async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** A file that a new release changes: from the network, and offline from the cache. */
async function fresh(request, pathname) {
  try {
    return await fetch(request);
  } catch (error) {
    const file = await caches.match(pathname);
    if (file) return file;
    throw error;
  }
}
