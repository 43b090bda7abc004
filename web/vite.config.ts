import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { env } from "node:process";
import react from "@vitejs/plugin-react";
import { createServer, type Plugin, type Rollup } from "vite";
import { defineConfig } from "vitest/config";

/** The routes of the API, which Vite's own server hands on to it and the service worker keeps away from. */
const API_ROUTES = ["/predict", "/save_feedback", "/download_csv", "/health", "/feedback", "/model"];

/** What only a person asks for; the rest of the page never does. */
const API_PAGES = ["/docs", "/openapi.json", "/metrics"];

/** Where the API is while the page is worked on: `make dev` says it; alone (`npm run dev`) it is `make run`'s. */
const API = env.API || "http://127.0.0.1:8000";

/** Files for other programs than the page: search engines, chats that show a card. */
const NOT_OF_THE_SHELL = ["robots.txt", "card.png"];

/** What each page that is code of its own (TrainPage for #train) needs beside the page's: its chunk, what that imports, its style. */
function filesOfPages(bundle: Rollup.OutputBundle): Record<string, string[]> {
  const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
  const filesOf = (page: Rollup.OutputChunk): string[] => {
    const found = new Set<string>();
    const add = (chunk: Rollup.OutputChunk | undefined): void => {
      if (!chunk || chunk.isEntry || found.has(chunk.fileName)) return;
      found.add(chunk.fileName);
      for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
      for (const name of chunk.imports) add(chunks.find((each) => each.fileName === name));
    };
    add(page);
    return [...found].map((file) => `/${file}`);
  };
  const pages = chunks.filter((each) => each.isDynamicEntry && each.name.endsWith("Page"));
  return Object.fromEntries(pages.map((page) => [page.name.slice(0, -4).toLowerCase(), filesOf(page)]));
}

/** Draws the page as it is before anyone has drawn into index.html, so that it is seen before its code is there, which waits for its style. */
function drawnPage(): Plugin {
  return {
    name: "drawn-page",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      async handler(html, { bundle }) {
        if (!bundle) throw new Error("The page is drawn when it is built.");
        const files = JSON.stringify(filesOfPages(bundle));
        const server = await createServer({
          configFile: false,
          plugins: [react()],
          appType: "custom",
          server: { middlewareMode: true, ws: false },
          optimizeDeps: { noDiscovery: true },
          logLevel: "error",
        });
        try {
          const { drawn } = await server.ssrLoadModule("/src/drawn.tsx");
          const page = await drawn();
          return html
            .replace('name="files" content=""', () => `name="files" content='${files}'`)
            .replace('<div id="root"></div>', () => `<div id="root">${page}</div>`)
            .replaceAll(/<(script type="module"|link rel="modulepreload")/g, '<$1 fetchpriority="low"');
        } finally {
          await server.close();
        }
      },
    },
  };
}

/** Writes sw.js: the worker's code behind the list of what it keeps, which only the build knows. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const publicFiles = readdirSync("public").filter((file) => !NOT_OF_THE_SHELL.includes(file));
      const built = Object.keys(bundle).filter((file) => file.startsWith("assets/"));
      const code = readFileSync("src/shell/sw.js", "utf-8");
      const hash = createHash("sha256").update(code).update(readFileSync("index.html"));
      for (const file of publicFiles) hash.update(readFileSync(`public/${file}`));
      for (const file of built.toSorted()) hash.update(file);
      const shell = {
        release: hash.digest("hex").slice(0, 12),
        files: ["/", ...[...publicFiles, ...built].toSorted().map((file) => `/${file}`)],
        api: API_ROUTES.map((route) => `${route}*`),
      };
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: `const SHELL = ${JSON.stringify(shell)};\n${code}`,
      });
    },
  };
}

export default defineConfig({
  plugins: [react(), drawnPage(), serviceWorker()],
  server: {
    // With the host that the browser asked for: the API compares it with the origin of what asks.
    proxy: Object.fromEntries(
      [...API_ROUTES, ...API_PAGES].map((route) => [route, { target: API, changeOrigin: false }]),
    ),
  },
  build: {
    // A data: URL inlined into CSS or JS would dodge the browser's cache and widen the content security policy.
    assetsInlineLimit: 0,
    // The polyfill is an extra script for browsers that this page does not aim at.
    modulePreload: { polyfill: false },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
