import { defineConfig } from "tsdown";

/**
 * One build for the command, for embedding and for tests. shared goes inside, since it is not published;
 * everything else stays a dependency. Beside it go the files of the documentation pages, with
 * their licences, and the web app.
 */
export default defineConfig({
  entry: {
    main: "src/main.ts",
    index: "src/index.ts",
    testing: "src/testing/index.ts",
    "writer-thread": "src/writer-thread.ts",
  },
  format: "esm",
  platform: "node",
  target: "node22.18",
  fixedExtension: false,
  dts: { entry: ["src/index.ts", "src/testing/index.ts"], resolver: "tsc", eager: true },
  deps: { alwaysBundle: [/^@causerie\//] },
  // Most of a build is the type checker; nobody needs to be told each time.
  inputOptions: { checks: { pluginTimings: false } },
  copy: [
    {
      from: [
        "node_modules/swagger-ui-dist/swagger-ui.css",
        "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
        "node_modules/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
        "node_modules/swagger-ui-dist/LICENSE",
        "node_modules/swagger-ui-dist/NOTICE",
      ],
      to: "dist/assets/swagger-ui",
    },
    {
      from: [
        "node_modules/redoc/bundles/redoc.standalone.js",
        "node_modules/redoc/bundles/redoc.standalone.js.LICENSE.txt",
        "node_modules/redoc/LICENSE",
      ],
      to: "dist/assets/redoc",
    },
    // What starts with a dot is the build's own, and is left out.
    { from: "../web/dist/*", to: "dist/assets/web" },
    { from: "../web/dist/assets", to: "dist/assets/web" },
  ],
});
