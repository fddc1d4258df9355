import "./check-node.mjs";

await import("../packages/server/src/main.ts");
