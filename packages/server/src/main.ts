#!/usr/bin/env node
import { exitCodeOf, explain } from "./commands/failure.ts";
import { runCommand } from "./commands/program.ts";

try {
  await runCommand(process.argv.slice(2));
} catch (error) {
  process.stderr.write(explain(error));
  process.exit(exitCodeOf(error));
}
