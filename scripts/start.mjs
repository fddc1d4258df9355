import "./check-node.mjs";
import process from "node:process";
import { placesIn, source } from "./web-build/places.mjs";
import { announceBuild } from "./web-build/start-building.mjs";

const args = process.argv.slice(2).join(" ");
// Other commands have no pages to show.
const startBuild = args === "" || args === "serve" ? announceBuild(placesIn(source)) : undefined;

// By now it listens: the API comes first.
await import("../packages/server/src/main.ts");
startBuild?.();
