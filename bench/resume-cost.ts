/**
 * Does what a caller pays follow what they may see, and not how much others have written? Measures resumes with
 * a million events of others in the log, and a page of history and a send in conversations of 1 thousand,
 * 100 thousand and 1 million messages, each against servers in processes of their own. The PostgreSQL is one
 * of the tests', which does not sync.
 *
 *   node bench/resume-cost.ts [sqlite|18|14 …] [resume|growth …]
 */
import process from "node:process";
import { startPostgres } from "../tests/support/postgres/server.ts";
import { measureGrowth } from "./resume-cost/growth.ts";
import { measureResume } from "./resume-cost/resume.ts";
import { storagesOn } from "./resume-cost/storages.ts";

const asked = process.argv.slice(2);
const chosen = <Name extends string>(...names: Name[]) => {
  const some = names.filter((name) => asked.includes(name));
  return some.length > 0 ? some : names;
};
const measurements = { resume: measureResume, growth: measureGrowth };

for (const engine of chosen("sqlite", "18", "14")) {
  await using postgres = engine === "sqlite" ? undefined : await startPostgres(Number(engine) as 18 | 14);
  const name = engine === "sqlite" ? "SQLite" : `PostgreSQL ${engine}`;
  for (const what of chosen("resume", "growth")) await measurements[what](name, storagesOn(postgres?.url));
}
