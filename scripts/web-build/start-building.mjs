import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { isLocked } from "./lock.mjs";
import { source } from "./places.mjs";
import { clearProgress, writeProgress } from "./progress.mjs";
import { isCurrent } from "./stamp.mjs";

const builder = resolve(import.meta.dirname, "../build-web.mjs");

/**
 * Says that the web app will be built, if it has to be, and gives what starts that: a process of its
 * own, which ends with this one and keeps nothing waiting. The server does without it where it must.
 */
export function announceBuild(places) {
  try {
    if (!existsSync(source) || isCurrent(places.stamp)) return () => {};
    if (!isLocked(places.lock)) {
      writeProgress(places.progress, { state: "building", step: "waiting" });
      process.once("exit", () => clearProgress(places.progress));
    }
    return () => startBuilding(places);
  } catch (error) {
    complain(error);
    return () => {};
  }
}

function startBuilding(places) {
  const child = fork(builder, [places.folder], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.on("error", complain);
  child.on("exit", () => clearProgress(places.progress));
  child.unref();
  child.channel?.unref();
}

function complain(error) {
  process.stderr.write(`The web app cannot be built (${error.message}); everything else works without it.\n`);
}
