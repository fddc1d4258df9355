import { Command } from "commander";
import { settingsReference } from "../config.ts";
import { addAdmin } from "./admin.ts";
import { addBackup } from "./backup.ts";
import { addNewEpoch } from "./new-epoch.ts";
import { addRestore } from "./restore.ts";

const settings = settingsReference
  .map(({ name, description, ...setting }) => {
    const fallback = setting.default ?? setting.unset;
    return `  ${name.padEnd(18)} ${description} Default: ${fallback}.`;
  })
  .join("\n");

/** Runs the command that `args` name, or serves. Rejects with a CommanderError when they name none. */
export async function runCommand(args: readonly string[]): Promise<void> {
  await createProgram().parseAsync(args.length === 0 ? ["serve"] : args, { from: "user" });
}

/** The command line: each command adds itself, but for the server. */
function createProgram(): Command {
  const program = new Command("causerie")
    .description("Causerie, a messaging server. Without a command it serves.")
    .exitOverride()
    .showHelpAfterError("`causerie --help` lists the commands and the settings.")
    .addHelpText(
      "after",
      `\nIt is configured by environment variables, or by a file .env in the working folder:\n\n${settings}`,
    );
  program
    .command("serve")
    .description("serve until SIGTERM or SIGINT, as without a command")
    // The other commands start several times faster without the server's modules.
    .action(async () => (await import("./serve.ts")).serve());
  for (const add of [addAdmin, addBackup, addRestore, addNewEpoch]) add(program);
  return program;
}
