import "./check-node.mjs";
import "./compile-cache.mjs";

await import("./demo/main.ts");
