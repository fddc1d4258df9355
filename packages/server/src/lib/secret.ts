import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartupError } from "./startup-error.ts";

/** The key of all tokens kept in the data folder: made on the first start, readable by its owner only. */
export function secretOf(dataDir: string): string {
  const path = join(dataDir, "jwt-secret");
  try {
    writeFileSync(path, randomBytes(48).toString("base64url"), { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new StartupError(
        `The token secret could not be written to ${path}: check the folder's permissions.`,
        {
          cause: error,
        },
      );
    }
  }
  const secret = readSecret(path);
  if (secret.length < 32) {
    throw new StartupError(
      `The token secret in ${path} is too short. Delete the file to get a new one; everybody has to sign in again.`,
    );
  }
  return secret;
}

function readSecret(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new StartupError(
      `The token secret ${path} cannot be read: it must be a file that this user may read.`,
      {
        cause,
      },
    );
  }
}
