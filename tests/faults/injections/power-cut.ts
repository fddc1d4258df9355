import { join } from "node:path";
import { whyNoPowerCut } from "../power-cut/compile-shim.ts";
import { createPower } from "../power-cut/power.ts";
import { openSqliteFile } from "../stage/server-modules.ts";
import { duringSends } from "./during-sends.ts";
import type { Fault } from "./fault.ts";
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
      const { server, history, dataDir } = stage;
      await using power = await createPower(dataDir);
      await server.start(await power.env());
      const verdict = await duringSends(stage, scale, async () => {
        history.add({ kind: "nemesis", what: "power cut" });
        await server.kill();
        await power.cut();
        measure("ready again after, ms", await server.start(await power.env()));
      });

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
