import { CommanderError } from "commander";
import { CommandError } from "../lib/command-error.ts";
import { DomainError } from "../lib/domain-error.ts";
import { StartupError } from "../lib/startup-error.ts";

/** sysexits.h: something is wrong with the configuration. */
const exitConfig = 78;

/** What the operator reads on standard error; a stack only of what nobody expected. */
export function explain(error: unknown): string {
  // The parser has said it already.
  if (error instanceof CommanderError) return "";
  if (error instanceof StartupError || error instanceof CommandError) return `${error.message}\n`;
  if (error instanceof DomainError) {
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
    return `${error.message}${cause}\n`;
  }
  return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}

/** 78 for a mistake in the configuration or the command line, 1 for any other failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitConfig;
  return error instanceof StartupError ? exitConfig : 1;
}
