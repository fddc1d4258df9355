import { resolve } from "node:path";
import { z } from "zod";
import { isProxyRange } from "./lib/caller-address.ts";
import { logLevels } from "./lib/logger.ts";
import { StartupError } from "./lib/startup-error.ts";

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const lengthOfTime = "a length of time such as 900s, 15m, 24h or 30d";

/** A length of time such as `900`, `900s`, `15m`, `24h` or `30d`, in milliseconds. */
function duration(min: number = units.s, values = lengthOfTime) {
  return z.string().transform((value, context) => {
    const match = /^(\d{1,9})([smhd]?)$/.exec(value.trim());
    const ms = match ? Number(match[1]) * units[(match[2] || "s") as keyof typeof units] : 0;
    if (ms < min || ms > 3650 * units.d) {
      context.addIssue({ code: "custom", message: `must be ${values}` });
      return z.NEVER;
    }
    return ms;
  });
}

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

/** What people read of a setting: here, with `--help`, and in docs/reference/configuration.md. */
type About = {
  readonly description: string;
  readonly values: string;
  /** What holds without it, when it has no default. */
  readonly unset?: string;
};
const about = (text: About) => text;

const port = "a port number, 0 to 65535";
const metricsToken = "16 to 200 letters, digits or -._~+/ that nobody can guess";
const retention = "a length of time of at least 1h, such as 12h or 30d";

/** Defaults are written as people write them, and read the same way. */
const settings = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, `must be ${port}`)
    .transform(Number)
    .refine((value) => value <= 65_535, `must be ${port}`)
    .prefault("8000")
    .meta(about({ description: "The port to listen on; 0 takes any free one.", values: port })),
  HOST: z
    .string()
    .prefault("127.0.0.1")
    .meta(
      about({
        description: "The address to listen on; 0.0.0.0 for all.",
        values: "an address of this machine",
      }),
    ),
  DATA_DIR: z
    .string()
    .transform((path) => resolve(path))
    .prefault("./data")
    .meta(
      about({
        description: "The folder of the SQLite database, its backups and the generated secret.",
        values: "the path of a folder; it is made when it is missing",
      }),
    ),
  DATABASE_URL: z
    .string()
    .refine(
      isPostgresUrl,
      "must be like postgres://user:password@host:5432/database, the password percent-encoded",
    )
    .optional()
    .meta(
      about({
        description: "A PostgreSQL database (14 to 18) to use instead of SQLite.",
        values: "a URL such as postgres://user:password@host:5432/database, the password percent-encoded",
        unset: "SQLite, in DATA_DIR",
      }),
    ),
  JWT_SECRET: z
    .string()
    .refine((secret) => !isWeak(secret), `must be at least ${secretLength} bytes that nobody can guess`)
    .optional()
    .meta(
      about({
        description: "The key of all tokens.",
        values: `at least ${secretLength} bytes that nobody can guess`,
        unset: "one is generated and kept in `DATA_DIR/jwt-secret`, readable by its owner only",
      }),
    ),
  CORS_ORIGINS: origins.optional().meta(
    about({
      description: "Origins whose pages may call. With * they may, but without credentials.",
      values: "origins such as https://chat.example.com, separated by commas, or * alone",
      unset: "our own origin, and localhost on any port",
    }),
  ),
  LOG_LEVEL: z
    .string()
    .pipe(z.enum(logLevels, `must be one of ${logLevels.join(", ")}`))
    .prefault("info")
    .meta(about({ description: "The least severe log lines to print.", values: logLevels.join(", ") })),
  SEED_TOKEN_TTL: duration()
    .prefault("24h")
    .meta(
      about({
        description: "How long access tokens of POST /auth/token live, whose clients never refresh.",
        values: lengthOfTime,
      }),
    ),
  ACCESS_TOKEN_TTL: duration()
    .prefault("15m")
    .meta(about({ description: "How long access tokens of auth.login live.", values: lengthOfTime })),
  REFRESH_TOKEN_TTL: duration()
    .prefault("30d")
    .meta(
      about({ description: "How long a session lasts, however often it is renewed.", values: lengthOfTime }),
    ),
  RATE_LIMIT: z
    .enum(["on", "off"], "must be on or off")
    .transform((value) => value === "on")
    .prefault("on")
    .meta(
      about({
        description: "off lifts all rate limits and connection limits, for load tests.",
        values: "on, off",
      }),
    ),
  BROADCAST: z
    .enum(["everyone", "admins"], "must be everyone or admins")
    .prefault("everyone")
    .meta(about({ description: "Who may broadcast to everybody connected.", values: "everyone, admins" })),
  EVENT_RETENTION: duration(units.h, retention)
    .prefault("30d")
    .meta(
      about({
        description:
          "How long the log keeps events. A client that was away longer is told to load its state afresh. Messages are kept.",
        values: retention,
      }),
    ),
  TRUST_PROXY: proxies.optional().meta(
    about({
      description: "The proxies whose X-Forwarded-For and X-Forwarded-Proto count.",
      values: "addresses, ranges such as 10.0.0.0/8, loopback, linklocal, uniquelocal, separated by commas",
      unset: "none",
    }),
  ),
  METRICS_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9\-._~+/]{16,200}=*$/, `must be ${metricsToken}`)
    .optional()
    .meta(
      about({
        description: "What `/metrics` asks for as `Authorization: Bearer`, of everybody.",
        values: metricsToken,
        unset: "`/metrics` answers callers of the own machine and of private networks, and nobody else",
      }),
    ),
  MAX_CONNECTIONS: count
    .prefault("20000")
    .meta(about({ description: "How many sockets may be open at once.", values: "1 to 9999999" })),
  MAX_CONNECTIONS_PER_ADDRESS: count.prefault("100").meta(
    about({
      description: "How many of them may come from one address, or one IPv6 network of 64 bits.",
      values: "1 to 9999999",
    }),
  ),
});

/** The validated configuration. Times are in milliseconds. */
export type Config = Readonly<z.output<typeof settings>>;

/** One setting as the reference shows it. */
export type Setting = About & {
  readonly name: string;
  /** The default as people write it, if there is one. */
  readonly default: string | undefined;
};

/** Every setting, in the order of the reference. */
export const settingsReference: readonly Setting[] = Object.entries(settings.shape).map(([name, schema]) => ({
  name,
  default: schema instanceof z.ZodPrefault ? String(schema.def.defaultValue) : undefined,
  ...(schema.meta() as unknown as About),
}));

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
