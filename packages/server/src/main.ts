#!/usr/bin/env node
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { configDescriptions, readConfig } from "./config.ts";
import { createLogger } from "./lib/logger.ts";
import { StartupError } from "./lib/startup-error.ts";
import { startServer } from "./server.ts";

/** sysexits.h: something is wrong with the configuration. */
const exitConfig = 78;

const usage = `Causerie, a messaging server.

Usage: causerie [--help]

It is configured by environment variables, or by a file .env in the working folder:

${Object.entries(configDescriptions)
  .map(([name, description]) => `  ${name.padEnd(18)} ${description}`)
  .join("\n")}
`;

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

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  loadEnvFile();
  const config = readConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  const server = await startServer(config, { logger });

  logger.info({ url: server.url, data: server.data, data_dir: config.DATA_DIR }, "listening");
  if (!config.RATE_LIMIT) logger.warn("rate limits are off: use this for load tests only");
  process.stderr.write(
    `Causerie listens on ${server.url}\n  data in   ${server.data}\n  docs at   ${server.url}/docs\n`,
  );

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, "stopping");
    await server.stop();
    logger.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", (signal) => void stop(signal));
  process.on("SIGINT", (signal) => void stop(signal));
  process.on("uncaughtException", (error) => {
    logger.fatal({ err: error }, "an unexpected error: exiting rather than going on with a broken state");
    process.exit(1);
  });
}

try {
  await main();
} catch (error) {
  const known =
    error instanceof StartupError || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
  process.stderr.write(
    known ? `${(error as Error).message}\n` : `${String((error as Error).stack ?? error)}\n`,
  );
  process.exit(known ? exitConfig : 1);
}
