import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { serviceWorkerPlugin } from "./src/service-worker/service-worker-plugin.ts";

/** The pages live under `/app/`, where the server serves what is built; while developing, calls go to a server at 8000. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/app/",
  plugins: [react(), serviceWorkerPlugin(import.meta.dirname)],
  build: { target: "baseline-widely-available", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy: Object.fromEntries(
      ["/trpc", "/auth", "/users", "/messages", "/conversations", "/bootstrap", "/events"].map((path) => [
        path,
        { target: "http://127.0.0.1:8000", ws: true },
      ]),
    ),
  },
});
