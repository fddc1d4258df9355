import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Refuses what needs more open sockets than this process may have, and says what to do. */
export async function requireOpenFiles(sockets: number): Promise<void> {
  const spare = 200;
  const { stdout } = await promisify(execFile)("sh", ["-c", "ulimit -n"]);
  const allowed = stdout.trim() === "unlimited" ? Infinity : Number(stdout);
  if (allowed >= sockets + spare) return;
  throw new Error(
    `${sockets} connections need as many open files, and ${allowed} are allowed: run \`ulimit -n ${sockets + spare}\` first.`,
  );
}
