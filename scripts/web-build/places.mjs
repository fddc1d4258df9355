import { join, resolve } from "node:path";
import process from "node:process";

export const root = resolve(import.meta.dirname, "../..");

/** Where the web app's sources are. */
export const source = join(root, "packages/web");

/**
 * The files and folders of a build into `folder`: what is served, and beside it what a build needs
 * while it runs. Each process writes into folders of its own.
 */
export function placesIn(folder) {
  return {
    folder,
    dist: join(folder, "dist"),
    stamp: join(folder, "dist/.stamp"),
    progress: join(folder, "dist.progress.json"),
    lock: join(folder, "dist.lock"),
    next: join(folder, `dist.next-${process.pid}`),
    old: join(folder, `dist.old-${process.pid}`),
  };
}
