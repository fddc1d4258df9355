import { createLogger } from "../lib/logger.ts";
import { startServer } from "../server.ts";
import { isAppExpected } from "../transports/web/is-app-expected.ts";
import { ownWebPlace } from "../transports/web/web-place.ts";
import { readSettings } from "./read-settings.ts";

/** Serves until a signal stops it; then exits with 0. */
export async function serve(): Promise<void> {
  const config = readSettings();
  const logger = createLogger(config.LOG_LEVEL);
  const web = ownWebPlace();
  const server = await startServer(config, { logger, web });

  logger.info({ url: server.url, data: server.data, data_dir: config.DATA_DIR }, "listening");
  if (!config.RATE_LIMIT) logger.warn("rate limits are off: use this for load tests only");
  const app = (await isAppExpected(web)) ? `  app at    ${server.url}/\n` : "";
  process.stderr.write(
    `Causerie listens on ${server.url}\n  data in   ${server.data}\n${app}  docs at   ${server.url}/docs\n`,
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
