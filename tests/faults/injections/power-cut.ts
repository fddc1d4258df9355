import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { whyNoPowerCut } from "../power-cut/compile-shim.ts";
import { createPower } from "../power-cut/power.ts";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import { openSqliteFile } from "../stage/server-modules.ts";
import type { Fault } from "./fault.ts";
import { writersOf } from "./kill.ts";
import { runOnStage } from "./run-on-stage.ts";

/** The power fails in the middle of sends, and once more when all is checked. */
export const powerCut: Fault = {
  name: "power-cut",
  what: "Power cut (simulated) during sends, then a start, and a second cut at the end",
  demand: "`integrity_check` says ok",
  runs: 300,
  lanes: 2,
  skip: whyNoPowerCut,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure, fault }) => {
      const { server, history, random, dataDir } = stage;
      await using power = await createPower(dataDir);
      await server.start(await power.env());
      const readers = await startReaders(stage);
      const writers = startWriters(stage, { writers: writersOf(scale) });
      await acknowledgedMore(stage, 1);
      await pause(random.below(600));
      history.add({ kind: "nemesis", what: "power cut" });
      await server.kill();
      await power.cut();
      measure("ready again after, ms", await server.start(await power.env()));
      await acknowledgedMore(stage, 30);
      await stopWriters(writers);
      const verdict = await judge(stage, readers);

      await server.kill();
      await power.cut();
      const found = integrityOf(join(dataDir, "causerie.db"));
      if (found !== "ok") fault(`integrity_check: ${found}`);
      return verdict;
    }),
};

function integrityOf(path: string): string {
  const database = openSqliteFile(path);
  try {
    const rows = database.prepare("pragma integrity_check").all() as { integrity_check: string }[];
    return rows.map((row) => row.integrity_check).join("; ");
  } finally {
    database.close();
  }
}
