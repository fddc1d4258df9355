import "./check-node.mjs";
import "./compile-cache.mjs";

await import("../tests/faults/main.ts");
