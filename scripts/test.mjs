import "./check-node.mjs";
import process from "node:process";

const { startVitest } = await import("vitest/node");
const filters = process.argv.slice(2);
const vitest = await startVitest("test", filters, { watch: false });
await vitest.close();
