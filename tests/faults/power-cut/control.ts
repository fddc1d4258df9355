import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteFile } from "../stage/server-modules.ts";
import { createPower } from "./power.ts";

const program = join(import.meta.dirname, "insert-rows.ts");

/** What a power cut took from a program that commits at this level. */
export interface ControlOutcome {
  readonly acknowledged: number;
  readonly lost: number;
  readonly integrity: string;
}

/** Cuts the power of a program that inserts rows, after about `rows` of them. */
export async function cutControl(
  synchronous: "OFF" | "NORMAL" | "FULL",
  rows: number,
): Promise<ControlOutcome> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-control-"));
  const path = join(folder, "rows.db");
  await using power = await createPower(folder);
  const child = spawn(process.execPath, [program, path, synchronous], {
    env: { ...process.env, ...(await power.env()) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  const gone = once(child, "close");
  child.stdout.on("data", (chunk: Buffer) => {
    printed += String(chunk);
    if (printed.length > rows * 5) child.kill("SIGKILL");
  });
  await gone;
  await power.cut();

  const acknowledged = printed.split("\n").slice(0, -1).map(Number);
  const database = openSqliteFile(path);
  try {
    const integrity = (database.prepare("pragma integrity_check").all() as { integrity_check: string }[])
      .map((row) => row.integrity_check)
      .join("; ");
    const stored = new Set(storedIds(database));
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((id) => !stored.has(id)).length,
      integrity,
    };
  } finally {
    database.close();
    await rm(folder, { recursive: true });
  }
}

function storedIds(database: ReturnType<typeof openSqliteFile>): number[] {
  const tables = database.prepare("select name from sqlite_schema where name = 'rows'").all();
  if (tables.length === 0) return [];
  return (database.prepare("select id from rows").all() as { id: number }[]).map(({ id }) => id);
}
