import { renameSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { readIfThere } from "./stamp.mjs";

/** Writes down how far a build is, for the server to show. A reader sees the old or the new, never half of it. */
export function writeProgress(file, { state, step, modules = 0 }) {
  const half = `${file}-${process.pid}`;
  writeFileSync(half, JSON.stringify({ state, step, modules, pid: process.pid }));
  renameSync(half, file);
}

/** Removes what this process wrote of its build; that it failed stays. */
export function clearProgress(file) {
  const text = readIfThere(file);
  if (text === undefined) return;
  const { state, pid } = JSON.parse(text);
  if (state === "building" && pid === process.pid) rmSync(file, { force: true });
}
