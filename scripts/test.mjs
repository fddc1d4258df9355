import "./check-node.mjs";
import { resolve } from "node:path";
import process from "node:process";

// Many tests start servers: what Node compiles for the first is there for the others.
process.env["NODE_COMPILE_CACHE"] ??= resolve(import.meta.dirname, "../node_modules/.cache/node-compile");
const { parseCLI, startVitest } = await import("vitest/node");
// Paths choose files, and --project sqlite the engine, as on Vitest's own command line.
const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
const vitest = await startVitest("test", filter, { ...options, watch: false });
await vitest.close();
