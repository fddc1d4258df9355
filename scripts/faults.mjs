import "./check-node.mjs";

await import("../tests/faults/main.ts");
