import process from "node:process";
import { defineConfig } from "vitest/config";
import { postgresFolder, type PostgresVersion } from "./tests/support/postgres/binaries.ts";

const everything = ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"];
const storage = ["packages/server/src/{db,log,realtime,features}/**/*.test.ts"];
/** Between them they run the queries of every repository. */
const repositories = [
  "tests/transports/{accounts,conversations,groups,messages,reading,sessions,users}.test.ts",
];
const behaviour = [
  // Not the client's: it knows nothing of the server's engine.
  "tests/{transports,seed,regression,operator,properties,authorization,postgres}/**/*.test.ts",
  // Of the hostile input, what reaches the storage.
  "tests/hostile/fuzz.test.ts",
];
/** They are about SQLite's plans, its file and its locks, or reach no storage. */
const sqliteOnly = [
  "packages/server/src/db/{query-plans,sqlite}.test.ts",
  "tests/operator/{backup,restore}.test.ts",
  "tests/regression/{cors-*,generated-secret-*,one-process-*}.test.ts",
  "tests/transports/{socket-protocol,steady-reader}.test.ts",
];
/** They are about PostgreSQL itself. */
const postgresOnly = ["packages/server/src/db/postgres*.test.ts", "tests/postgres/**/*.test.ts"];

function postgresProject(name: string, version: PostgresVersion, include: string[]) {
  if (postgresFolder(version) === undefined) {
    const missing = `There is no PostgreSQL ${version} for this platform among the packages`;
    if (process.env["CI"] === "true") throw new Error(`${missing}.`);
    process.stderr.write(`${missing}: the tests of the project "${name}" are skipped.\n`);
    return [];
  }
  const globalSetup = `./tests/support/postgres/setup-${version}.ts`;
  // Each query is a journey there and back, and the databases share the cores with the tests.
  const patience = { testTimeout: 60_000, hookTimeout: 60_000 };
  return [{ extends: true as const, test: { name, include, exclude: sqliteOnly, globalSetup, ...patience } }];
}

/** All of it takes two cores a quarter of an hour: what anybody waits for leaves some to CI. */
const complete = process.env["CI"] === "true" || process.env["ENGINES"] === "all";
if (!complete) {
  process.stderr.write(
    "On PostgreSQL 18 this runs what touches storage, on 14 nothing: ENGINES=all runs everything, as CI does.\n",
  );
}

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Files of a worker share their modules, which halves the time: what a module keeps outlives a file.
    isolate: false,
    // Small machines have two cores, and the tests run real servers; but a third of the time they wait.
    maxWorkers: complete ? 3 : 2,
    projects: [
      { extends: true, test: { name: "sqlite", include: everything, exclude: postgresOnly } },
      ...postgresProject("postgres", 18, [...storage, ...(complete ? behaviour : repositories)]),
      ...(complete ? postgresProject("postgres 14", 14, [...storage, ...repositories]) : []),
    ],
  },
});
