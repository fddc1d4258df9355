import { writeSync } from "node:fs";
import { openSqliteFile } from "../stage/server-modules.ts";

// Inserts rows without end, each in a transaction of its own, and prints the number of each once
// it is committed: what a server that acknowledges does. Arguments: the file, `synchronous`.
const [path = "", synchronous = ""] = process.argv.slice(2);
const database = openSqliteFile(path);
database.pragma("journal_mode = WAL");
database.pragma(`synchronous = ${synchronous}`);
database.exec("create table if not exists rows (id integer primary key, content text)");
const insert = database.prepare("insert into rows (content) values (?)");
for (;;) writeSync(1, `${insert.run("x".repeat(200)).lastInsertRowid}\n`);
