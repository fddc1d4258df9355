import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { readIfThere } from "./stamp.mjs";

/**
 * Makes `file` this process's, if nobody else's build is under way. It spares work rather than
 * guards anything: two who build at once both leave a whole app, the later one's.
 */
export function takeLock(file) {
  if (isLocked(file)) return false;
  rmSync(file, { force: true });
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Whether somebody who lives builds. */
export function isLocked(file) {
  const holder = Number(readIfThere(file));
  return holder > 0 && lives(holder);
}

export function releaseLock(file) {
  if (Number(readIfThere(file)) === process.pid) rmSync(file, { force: true });
}

/** Removes what builds left that were killed. */
export function removeLeftovers(folder) {
  for (const name of readdirSync(folder)) {
    const owner = /^dist\.(?:next|old|progress\.json)-(\d+)$/.exec(name)?.[1];
    if (owner && !lives(Number(owner))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function lives(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    // Nobody has this number, or somebody who is not ours.
    return false;
  }
}
