import { pino, type Logger } from "pino";

export type { Logger };

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof levels)[number];
export const logLevels: readonly LogLevel[] = levels;

/** Where a token may stand in a URL: in those of the seed's sockets, whose clients cannot send headers. */
const tokenInPath = /(\/users\/ws\/)[^/?#]+/i;
/** Tokens again, and what tRPC puts into a URL: connection parameters and the input of a call. */
const secretInQuery = /([?&](?:token|access_token|refresh_token|connectionParams|input)=)[^&#]*/gi;

/** A URL as it may be logged: no token and no text in it. */
export function redactUrl(url: string): string {
  return url.replace(tokenInPath, "$1[redacted]").replace(secretInQuery, "$1[redacted]");
}

/** One JSON object a line on standard output. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
