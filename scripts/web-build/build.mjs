import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { isLocked, releaseLock, removeLeftovers, takeLock } from "./lock.mjs";
import { source } from "./places.mjs";
import { clearProgress, writeProgress } from "./progress.mjs";
import { isCurrent, stampOfSources } from "./stamp.mjs";

/** Builds the web app, unless what is there is of these sources, or somebody else builds it meanwhile. */
export async function buildWeb(places) {
  mkdirSync(places.folder, { recursive: true });
  for (;;) {
    const sources = stampOfSources();
    if (isCurrent(places.stamp, sources)) return;
    if (takeLock(places.lock)) {
      await buildAlone(places, sources);
      return;
    }
    while (isLocked(places.lock)) await wait(200);
  }
}

async function buildAlone(places, sources) {
  const clean = () => {
    clearProgress(places.progress);
    for (const folder of [places.next, places.old]) rmSync(folder, { recursive: true, force: true });
    releaseLock(places.lock);
  };
  process.once("exit", clean);
  try {
    removeLeftovers(places.folder);
    await runVite(places);
    writeFileSync(join(places.next, ".stamp"), sources);
    swapIn(places);
    rmSync(places.progress, { force: true });
  } finally {
    process.off("exit", clean);
    clean();
  }
}

async function runVite({ next, progress }) {
  const tell = (step, modules) => writeProgress(progress, { state: "building", step, modules });
  tell("waiting", 0);
  // Whoever starts us may be a test, or somebody who develops.
  process.env.NODE_ENV = "production";
  const { build } = await import("vite");
  await build({
    root: source,
    configFile: join(source, "vite.config.ts"),
    configLoader: "native",
    logLevel: "error",
    plugins: [teller(tell)],
    // What is built has others' code inside, whose licences go with it.
    build: { outDir: next, emptyOutDir: true, license: { fileName: "licenses.md" } },
  });
}

/** Tells of the modules as they are read, ten times a second at most. */
function teller(tell) {
  let modules = 0;
  let told = 0;
  return {
    name: "tell-progress",
    moduleParsed() {
      modules += 1;
      const now = performance.now();
      if (now - told < 100) return;
      told = now;
      tell("reading", modules);
    },
    renderStart: () => tell("writing", modules),
  };
}

/** Puts the new app where the old one was. A server that runs keeps the old one in memory until it sees the new. */
function swapIn({ next, dist, old }) {
  try {
    renameSync(dist, old);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(next, dist);
}
