// The architecture, as far as a machine can check it: which way imports may point. ARCHITECTURE.md draws it.
// Tests may reach further than what they test: they stand in for the composition root.

const server = "^packages/server/src/";
const commands = `${server}commands/`;
const root = `${server}((main|server|index|open-writer|writer-thread|writes)\\.ts$|testing/)`;
const test = "\\.(test|test-d|testing|conformance)\\.ts$";

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two files that need each other are one file, or there is a third in them. Types count too.",
      severity: "error",
      from: {},
      to: { circular: true },
    },

    // Between packages
    {
      name: "shared-is-the-floor",
      comment: "shared is what both ends agree on: it takes zod and nothing else, not even Node.",
      severity: "error",
      from: { path: "^packages/shared/src/", pathNot: test },
      to: { pathNot: ["^packages/shared/src/", "node_modules/zod/"] },
    },
    {
      name: "server-stands-alone",
      comment: "The server knows nobody who calls it.",
      severity: "error",
      from: { path: server, pathNot: test },
      to: { path: "^packages/(client|web)/" },
    },
    {
      name: "client-takes-one-file-of-the-server",
      comment: "All the client may know of the server is the type of its router.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: test },
      to: { path: "^packages/(server|web)/", pathNot: `${server}rpc/app-router\\.type\\.ts$` },
    },
    {
      name: "client-takes-it-as-a-type",
      comment: "Write `import type`: otherwise the server would be bundled into every browser.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: test },
      to: { path: "^packages/server/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "web-takes-only-the-client",
      comment: "The web app is built with what everybody has: the client package.",
      severity: "error",
      from: { path: "^packages/web/" },
      to: { path: "^packages/(server|shared)/" },
    },

    // Inside the server
    {
      name: "only-the-root-picks-adapters",
      comment:
        "Which database and which bus is decided in server.ts, and for commands in theirs; everybody else takes what they are given.",
      severity: "error",
      from: {
        path: server,
        pathNot: [`${server}db/(locked-)?sqlite\\.ts$`, root, commands, test],
      },
      to: { path: `${server}(db/(sqlite|sqlite-writer|locked-sqlite|postgres)|bus/[^/]+-bus)\\.ts$` },
    },
    {
      name: "nobody-imports-the-root",
      comment:
        "main.ts, server.ts, index.ts and the commands are made of the rest, never the other way round.",
      severity: "error",
      from: { path: server, pathNot: [root, commands, test] },
      to: { path: [root, commands] },
    },
    {
      name: "commands-are-for-main",
      comment: "main.ts hands the command line to the commands; a server that is embedded has none.",
      severity: "error",
      from: { path: server, pathNot: [`${server}main\\.ts$`, commands, test] },
      to: { path: commands },
    },
    {
      name: "configuration-stops-at-the-edge",
      comment: "Only the root and the transports see the configuration; others take the one value they need.",
      severity: "error",
      from: { path: server, pathNot: [root, commands, `${server}(transports/|config\\.ts$)`, test] },
      to: { path: `${server}config\\.ts$` },
    },
    {
      name: "transports-are-on-top",
      comment: "What is below must work the same whatever carries it.",
      severity: "error",
      from: { path: `${server}(features|rpc|realtime|log|db|bus|lib)/`, pathNot: test },
      to: { path: `${server}transports/` },
    },
    {
      name: "transports-never-touch-storage",
      comment: "A transport calls procedures and services. It never reads, writes or signals by itself.",
      severity: "error",
      from: { path: `${server}transports/`, pathNot: test },
      to: { path: [`${server}(db|bus|log)/`, `${server}features/.+\\.(repository|table)\\.ts$`] },
    },
    {
      name: "foundations-know-no-features",
      comment: "log, db, bus and realtime serve any feature.",
      severity: "error",
      from: { path: `${server}(log|db|bus|realtime)/`, pathNot: [`${server}db/database\\.ts$`, test] },
      to: { path: `${server}(features|rpc)/` },
    },
    {
      name: "database-lists-tables-only",
      comment: "db/database.ts puts the features' tables together, and takes nothing else of them.",
      severity: "error",
      from: { path: `${server}db/database\\.ts$` },
      to: { path: `${server}(features|rpc)/`, pathNot: "\\.table\\.ts$" },
    },
    {
      name: "feature-to-feature-through-index",
      comment: "A feature's index.ts is what the others may use of it.",
      severity: "error",
      from: { path: `${server}features/([^/]+)/`, pathNot: test },
      to: { path: `${server}features/[^/]+/(?!index\\.ts$)`, pathNot: `${server}features/$1/` },
    },
    {
      name: "features-through-index",
      comment:
        "So must everybody else; rpc/app-record.ts alone collects the procedures, writes.ts the writes.",
      severity: "error",
      from: { path: `${server}(?!features/|db/|rpc/app-record\\.ts$|writes\\.ts$)`, pathNot: test },
      to: { path: `${server}features/[^/]+/(?!index\\.ts$)` },
    },
    {
      name: "app-record-takes-procedures",
      comment: "rpc/app-record.ts collects procedures and nothing else.",
      severity: "error",
      from: { path: `${server}rpc/app-record\\.ts$` },
      to: { path: `${server}features/`, pathNot: "\\.procedures\\.ts$" },
    },
    {
      name: "writes-takes-writes",
      comment: "writes.ts lists writes and nothing else.",
      severity: "error",
      from: { path: `${server}writes\\.ts$` },
      to: { path: `${server}features/`, pathNot: "\\.writes\\.ts$" },
    },
    {
      name: "procedures-call-services",
      comment:
        "A procedure checks, calls one service and shapes the answer. SQL, the log and the bus are below it.",
      severity: "error",
      from: { path: "\\.procedures\\.ts$" },
      to: { path: ["\\.(repository|table)\\.ts$", `${server}(db|bus|log)/`] },
    },
    {
      name: "only-procedures-know-rpc",
      comment: "Services work without a call around them.",
      severity: "error",
      from: { path: `${server}features/`, pathNot: ["\\.procedures\\.ts$", test] },
      to: { path: `${server}rpc/` },
    },
    {
      name: "lib-knows-nothing",
      comment: "lib is what could be a package of its own, save that it speaks of shared's errors.",
      severity: "error",
      from: { path: `${server}lib/`, pathNot: test },
      to: { path: "^packages/", pathNot: [`${server}lib/`, "^packages/shared/"] },
    },

    // Everywhere
    {
      name: "products-never-import-tests",
      comment: "What is published must not need what is not.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: test },
      to: { path: [test, "^(tests|bench|scripts|examples)/"] },
    },
    {
      name: "dependencies-are-declared",
      comment:
        "A package that the source imports stands in its package.json, or an install elsewhere lacks it.",
      severity: "error",
      // What Vite tells the compiler is for the build, which is all that takes the web app's source.
      from: { path: "^packages/[^/]+/src/", pathNot: [test, "vite-env\\.d\\.ts$"] },
      to: {
        path: "node_modules",
        dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"],
        // What must be there only once is brought by who uses us, and ours is for tests.
        dependencyTypesNot: ["type-only", "npm-peer"],
      },
    },
    {
      name: "imports-resolve",
      comment:
        "An import that leads nowhere would escape all other rules. What bench/peers needs is installed when it is measured.",
      severity: "error",
      from: { pathNot: "^bench/peers/" },
      to: { couldNotResolve: true },
    },
  ],

  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^packages/[^/]+/dist/", "^packages/web/dist\\."] },
    tsConfig: { fileName: "tsconfig.json" },
    // Count imports of types too: they are dependencies of whoever reads the file.
    tsPreCompilationDeps: true,
    // The packages of the workspace name their sources in `exports`; follow the links to them.
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
