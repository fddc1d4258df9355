import type { Command } from "commander";
import { findUserByEmail, listAdmins, setAdmin } from "../features/users/index.ts";
import { CommandError } from "../lib/command-error.ts";
import { readSettings } from "./read-settings.ts";
import { withDatabase } from "./with-database.ts";

/** `causerie admin add|remove|list`: who the administrators are. Works while the server runs. */
export function addAdmin(program: Command): void {
  const admin = program
    .command("admin")
    .description("say who the administrators are, also while the server runs");
  admin
    .command("add")
    .description("make a registered user an administrator")
    .argument("<email>", "the user's e-mail address")
    .action((email: string) => change(email, true));
  admin
    .command("remove")
    .description("end that")
    .argument("<email>", "the user's e-mail address")
    .action((email: string) => change(email, false));
  admin.command("list").description("the administrators: id, name and e-mail address").action(list);
}

async function change(email: string, isAdmin: boolean): Promise<void> {
  const changed = await withDatabase(readSettings(), "beside", ({ writer }) =>
    writer.run(async (tx) => {
      const user = await findUserByEmail(tx.db, email);
      if (!user) throw new CommandError(`Nobody is registered with the e-mail address ${email}.`);
      return await setAdmin(tx.db, user.id, isAdmin);
    }),
  );
  const now = isAdmin ? "is an administrator now" : "is no longer an administrator";
  const already = isAdmin ? "is an administrator already" : "is not an administrator";
  process.stdout.write(`${email} ${changed ? now : already}.\n`);
}

async function list(): Promise<void> {
  const admins = await withDatabase(readSettings(), "beside", ({ db }) => listAdmins(db));
  if (admins.length === 0)
    process.stderr.write("There is no administrator yet: `causerie admin add <email>` makes one.\n");
  for (const { id, name, email } of admins) process.stdout.write(`${id}\t${name}\t${email}\n`);
}
