import { resolve } from "node:path";
import { z } from "zod";
import { isProxyRange } from "./lib/caller-address.ts";
import { logLevels } from "./lib/logger.ts";
import { StartupError } from "./lib/startup-error.ts";

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time such as `900`, `900s`, `15m`, `24h` or `30d`, in milliseconds. */
const duration = z.string().transform((value, context) => {
  const match = /^(\d{1,9})([smhd]?)$/.exec(value.trim());
  const ms = match ? Number(match[1]) * units[(match[2] || "s") as keyof typeof units] : 0;
  if (ms < 1000 || ms > 3650 * units.d) {
    context.addIssue({ code: "custom", message: "must be a length of time such as 900s, 15m, 24h or 30d" });
    return z.NEVER;
  }
  return ms;
});

const listedSecrets = [
  "secret",
  "changeme",
  "bryangarrix",
  "your-256-bit-secret",
  "your_jwt_secret",
  "jwt_secret",
];
const secretLength = 32;

function isWeak(secret: string): boolean {
  const lower = secret.toLowerCase();
  const known = listedSecrets.some((listed) => lower.replaceAll(listed, "") === "" || lower === listed);
  return known || Buffer.byteLength(secret) < secretLength || new Set(secret).size < 10;
}

const origins = z.string().transform((value, context) => {
  const list = value
    .split(",")
    .map((origin) => origin.trim())
    .filter((origin) => origin !== "");
  if (list.length === 1 && list[0] === "*") return "*" as const;
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      context.addIssue({
        code: "custom",
        message: `must be * alone, or origins such as https://chat.example.com separated by commas; "${origin}" is not one`,
      });
      return z.NEVER;
    }
  }
  return list;
});

/** Refuses what would be misread when a password with a `/` or `#` in it is not percent-encoded. */
function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, hash } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && /^\/[^/@]+$/.test(pathname) && hash === "";
}
const proxies = z.string().transform((value, context) => {
  const list = value.split(",").map((range) => range.trim());
  const wrong = list.find((range) => !isProxyRange(range));
  if (wrong === undefined) return list;
  context.addIssue({
    code: "custom",
    message: `must be addresses, ranges such as 10.0.0.0/8, or loopback, linklocal or uniquelocal, separated by commas; "${wrong}" is not one`,
  });
  return z.NEVER;
});

/** How many of something there may be. */
const count = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, "must be a whole number from 1 to 9999999")
  .transform(Number);

const settings = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number, 0 to 65535")
    .transform(Number)
    .refine((port) => port <= 65_535, "must be a port number, 0 to 65535")
    .default(8000)
    .describe("The port to listen on; 0 takes any free one."),
  HOST: z.string().default("127.0.0.1").describe("The address to listen on; 0.0.0.0 for all."),
  DATA_DIR: z
    .string()
    .default("./data")
    .transform((path) => resolve(path))
    .describe("The folder of the SQLite database and of the generated secret."),
  DATABASE_URL: z
    .string()
    .refine(
      isPostgresUrl,
      "must be like postgres://user:password@host:5432/database, the password percent-encoded",
    )
    .optional()
    .describe("A PostgreSQL database (14 to 18) to use instead of SQLite."),
  JWT_SECRET: z
    .string()
    .refine((secret) => !isWeak(secret), `must be at least ${secretLength} bytes that nobody can guess`)
    .optional()
    .describe("The key of all tokens. Without it, one is generated and kept in DATA_DIR."),
  CORS_ORIGINS: origins
    .optional()
    .describe(
      "Origins whose pages may call, separated by commas, or *. Default: our own and localhost on any port.",
    ),
  LOG_LEVEL: z
    .string()
    .pipe(z.enum(logLevels, `must be one of ${logLevels.join(", ")}`))
    .default("info")
    .describe("The least severe log lines to print."),
  SEED_TOKEN_TTL: duration.default(24 * units.h).describe("How long access tokens of POST /auth/token live."),
  ACCESS_TOKEN_TTL: duration.default(15 * units.m).describe("How long access tokens of auth.login live."),
  REFRESH_TOKEN_TTL: duration
    .default(30 * units.d)
    .describe("How long a session lasts, however often it is renewed."),
  RATE_LIMIT: z
    .enum(["on", "off"], "must be on or off")
    .transform((value) => value === "on")
    .default(true)
    .describe("off lifts all rate limits and connection limits, for load tests."),
  TRUST_PROXY: proxies
    .default([])
    .describe(
      "The proxies whose X-Forwarded-For and -Proto count: addresses, ranges, loopback, linklocal, uniquelocal. Default: none.",
    ),
  MAX_CONNECTIONS: count.default(20_000).describe("How many sockets may be open at once."),
  MAX_CONNECTIONS_PER_ADDRESS: count
    .default(100)
    .describe("How many of them may come from one address, or one IPv6 network of 64 bits."),
});

/** The validated configuration. Times are in milliseconds. */
export type Config = Readonly<z.output<typeof settings>>;

/** What each variable means, for the reference. */
export const configDescriptions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(settings.shape).map(([name, schema]) => [name, schema.description ?? ""]),
);

/** Reads the environment, or throws a StartupError with one sentence per mistake. Empty counts as unset. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(settings.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const result = settings.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  throw new StartupError(
    result.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}.`).join("\n"),
  );
}
