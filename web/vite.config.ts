import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The routes of the API, which `npm run dev` hands on to the local server. */
const API_ROUTES = ["/predict", "/save_feedback", "/download_csv", "/health", "/feedback", "/model"];

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: Object.fromEntries(API_ROUTES.map((route) => [route, "http://127.0.0.1:8000"])),
  },
  build: {
    // A data: URL inlined into CSS or JS would dodge the browser's cache and widen the content security policy.
    assetsInlineLimit: 0,
    // The polyfill is an extra script for browsers that this page does not aim at.
    modulePreload: { polyfill: false },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
