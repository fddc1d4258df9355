import { pino, type Logger } from "pino";

export type { Logger };

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof levels)[number];
export const logLevels: readonly LogLevel[] = levels;

/** Where a token may stand in a URL: both are seed sockets, whose clients cannot send headers. */
const tokenInPath = /(\/users\/ws\/)[^/?#]+/i;
const tokenInQuery = /([?&](?:token|access_token|refresh_token)=)[^&#]*/gi;

/** A URL as it may be logged: no token in it. */
export function redactUrl(url: string): string {
  return url.replace(tokenInPath, "$1[redacted]").replace(tokenInQuery, "$1[redacted]");
}

/** One JSON object a line on standard output. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
