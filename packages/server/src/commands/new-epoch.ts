import type { Command } from "commander";
import { afterRestore } from "./after-restore.ts";
import { readSettings } from "./read-settings.ts";
import { withDatabase } from "./with-database.ts";

/** `causerie new-epoch`: makes a database ready that was restored by other means than `restore`. */
export function addNewEpoch(program: Command): void {
  program
    .command("new-epoch")
    .description("after a restore by other means: clients load their state afresh, everybody signs in again")
    .action(async () => {
      await withDatabase(readSettings(), "alone", ({ writer }) => writer.run(afterRestore));
      process.stdout.write(
        "The log has a new epoch: clients will load their state afresh. Everybody has to sign in again.\n",
      );
    });
}
