import { resolve } from "node:path";
import process from "node:process";

// Tests start servers again and again: what Node compiles for the first is there for the others.
process.env["NODE_COMPILE_CACHE"] ??= resolve(import.meta.dirname, "../node_modules/.cache/node-compile");
