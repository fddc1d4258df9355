import { describe, expect, test } from "vitest";
import { readConfig, settingsReference } from "./config.ts";

describe("the configuration", () => {
  test("has a default for everything, and empty counts as unset", () => {
    expect(readConfig({ PORT: "", HOST: "" })).toMatchObject({
      PORT: 8000,
      HOST: "127.0.0.1",
      SEED_TOKEN_TTL: 86_400_000,
      ACCESS_TOKEN_TTL: 900_000,
      REFRESH_TOKEN_TTL: 2_592_000_000,
      RATE_LIMIT: true,
      BROADCAST: "everyone",
      EVENT_RETENTION: 2_592_000_000,
    });
  });

  test.each([
    ["900", 900_000],
    ["2s", 2000],
    ["15m", 900_000],
    ["24h", 86_400_000],
    ["30d", 2_592_000_000],
  ])("takes %s as a length of time", (ACCESS_TOKEN_TTL, ms) => {
    expect(readConfig({ ACCESS_TOKEN_TTL }).ACCESS_TOKEN_TTL).toBe(ms);
  });

  test("trusts no proxy unless it is named, by address, range or name", () => {
    expect(readConfig({}).TRUST_PROXY).toBeUndefined();
    expect(readConfig({ TRUST_PROXY: "loopback, 10.0.0.0/8,2001:db8::1" }).TRUST_PROXY).toEqual([
      "loopback",
      "10.0.0.0/8",
      "2001:db8::1",
    ]);
  });

  test("takes a list of origins, or a star alone", () => {
    expect(readConfig({ CORS_ORIGINS: "https://a.example, http://b.example:81" }).CORS_ORIGINS).toEqual([
      "https://a.example",
      "http://b.example:81",
    ]);
    expect(readConfig({ CORS_ORIGINS: "*" }).CORS_ORIGINS).toBe("*");
  });

  test.each(["postgres://u:p@host/db", "postgresql://u:p%2F@[::1]:5432/db?sslmode=require"])(
    "takes %s as a database",
    (DATABASE_URL) => {
      expect(readConfig({ DATABASE_URL }).DATABASE_URL).toBe(DATABASE_URL);
    },
  );

  test.each([
    ["DATABASE_URL", "mysql://u:p@host/db"],
    ["DATABASE_URL", "host/db"],
    ["DATABASE_URL", "postgres://u:p@host"],
    ["DATABASE_URL", "postgres://u:p#ss@host/db"],
    ["DATABASE_URL", "postgres://u:12/ss@host/db"],
    ["PORT", "80000"],
    ["PORT", "eight"],
    ["LOG_LEVEL", "loud"],
    ["ACCESS_TOKEN_TTL", "soon"],
    ["ACCESS_TOKEN_TTL", "0"],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "1"],
    ["TRUST_PROXY", "10.0.0.0/8, proxy.example"],
    ["MAX_CONNECTIONS", "0"],
    ["MAX_CONNECTIONS_PER_ADDRESS", "many"],
    ["RATE_LIMIT", "maybe"],
    ["BROADCAST", "nobody"],
    ["EVENT_RETENTION", "59m"],
    ["EVENT_RETENTION", "for ever"],
    ["CORS_ORIGINS", "https://a.example/path"],
    ["CORS_ORIGINS", "*,https://a.example"],
    ["JWT_SECRET", "short"],
    ["JWT_SECRET", "bryangarrix"],
    ["JWT_SECRET", "changemechangemechangemechangeme"],
    ["JWT_SECRET", "a".repeat(64)],
  ])("refuses %s=%s with a sentence that names it", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be .*\\.$`));
  });

  test("says one sentence per mistake", () => {
    expect(() => readConfig({ PORT: "x", LOG_LEVEL: "y" })).toThrow(
      /^PORT must be .*\.\nLOG_LEVEL must be .*\.$/,
    );
  });

  test("does not repeat a refused secret", () => {
    expect(() => readConfig({ JWT_SECRET: "hunter2" })).not.toThrow(/hunter2/);
    expect(() => readConfig({ DATABASE_URL: "postgres://u:hunter2@host" })).not.toThrow(/hunter2/);
  });

  test.each(settingsReference)(
    "says what $name means, what it takes, and what holds without it",
    (setting) => {
      expect(setting.description).toMatch(/^\S.*\.$/);
      expect(setting.values).toMatch(/^\S.*[^.]$/);
      expect([typeof setting.default, typeof setting.unset].sort()).toEqual(["string", "undefined"]);
    },
  );

  test("reads its own defaults as they are written", () => {
    const written = settingsReference.flatMap((setting) =>
      setting.default === undefined ? [] : [[setting.name, setting.default]],
    );
    expect(readConfig(Object.fromEntries(written) as Record<string, string>)).toEqual(readConfig({}));
  });
});
