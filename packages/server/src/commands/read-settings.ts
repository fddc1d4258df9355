import { existsSync } from "node:fs";
import { readConfig, type Config } from "../config.ts";
import { StartupError } from "../lib/startup-error.ts";

/** The configuration that every command works with: the environment, and a file .env in the working folder. */
export function readSettings(): Config {
  loadEnvFile();
  return readConfig(process.env);
}

function loadEnvFile(): void {
  if (!existsSync(".env")) return;
  try {
    process.loadEnvFile(".env");
  } catch (cause) {
    throw new StartupError("The file .env cannot be read: it must be a file that this user may read.", {
      cause,
    });
  }
}
