import { describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";

describe("the configuration", () => {
  test("has a default for everything, and empty counts as unset", () => {
    expect(readConfig({ PORT: "", HOST: "" })).toMatchObject({
      PORT: 8000,
      HOST: "127.0.0.1",
      SEED_TOKEN_TTL: 86_400_000,
      ACCESS_TOKEN_TTL: 900_000,
      REFRESH_TOKEN_TTL: 2_592_000_000,
      RATE_LIMIT: true,
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
    ["RATE_LIMIT", "maybe"],
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
});
