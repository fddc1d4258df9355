import type { Plugin } from "vite";

const entry = "service-worker";

/**
 * Builds the service worker beside the page, as `sw.js`, whose name must stay the same, and tells it which files to
 * keep: the scripts, styles and pictures of the build.
 */
export function serviceWorkerPlugin(root: string): Plugin {
  return {
    name: entry,
    apply: "build",
    config: () => ({
      build: {
        rolldownOptions: {
          input: { main: `${root}/index.html`, [entry]: `${root}/src/${entry}/${entry}.ts` },
          output: {
            entryFileNames: ({ name }) => (name === entry ? "sw.js" : "assets/[name]-[hash].js"),
          },
        },
      },
    }),
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("The service worker was not built.");
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      worker.code = `const builtFiles=${JSON.stringify(files.sort())};${worker.code}`;
    },
  };
}
