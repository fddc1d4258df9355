import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Every byte that a server keeps on disk, journal included, as text that can be searched. */
export async function bytesOf(dataDir: string): Promise<string> {
  const names = await readdir(dataDir);
  const files = await Promise.all(names.map((name) => readFile(join(dataDir, name), "latin1")));
  return files.join("\n");
}

/** Rows of a running server's database, read beside it. */
export function query(dataDir: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(dataDir, "causerie.db"), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
