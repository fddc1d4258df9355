import { setTimeout as pause } from "node:timers/promises";
import { openSqliteFile } from "../stage/server-modules.ts";

// Keeps a database file from others: all writers out (`write`), or the write-ahead log from being
// moved into the file (`read`). Arguments: the file, which of the two, milliseconds.
const [path = "", what = "", ms = ""] = process.argv.slice(2);
const database = openSqliteFile(path, { timeout: 10_000 });
if (what === "write") {
  database.exec("begin immediate");
} else {
  database.exec("begin");
  database.prepare("select count(*) from messages").all();
}
process.stdout.write("held\n");
await pause(Number(ms));
database.exec("commit");
database.close();
process.stdout.write("released\n");
