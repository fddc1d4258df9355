import "./check-node.mjs";
import "./compile-cache.mjs";
import process from "node:process";

const { parseCLI, startVitest } = await import("vitest/node");
// Paths choose files, and --project sqlite the engine, as on Vitest's own command line.
const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
const vitest = await startVitest("test", filter, { ...options, watch: false });
await vitest.close();
