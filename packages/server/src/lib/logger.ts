import { pino, type Logger } from "pino";

export type { Logger };

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof levels)[number];
export const logLevels: readonly LogLevel[] = levels;

/** Where a token stands in the path: the seed's activity socket, whose clients cannot send headers. */
const tokenInPath = /(\/users\/ws\/)[^/?#]+/i;
/** Whatever a query says but numbers: tokens, connection parameters, names and text. */
const textInQuery = /([?&][^=&#]*=)(?!\d{1,15}(?:[&#]|$))[^&#]*/g;

/** A URL as it may be logged: no token and no text in it. */
export function redactUrl(url: string): string {
  return url.replace(tokenInPath, "$1[redacted]").replace(textInQuery, "$1[redacted]");
}

/** One JSON object a line on standard output. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
