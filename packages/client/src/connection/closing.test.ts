import { closeCodes } from "@causerie/shared";
import { expect, test } from "vitest";
import type { CauserieErrorCode } from "../errors.ts";
import { isAnswer, meaningOf } from "./closing.ts";
import type { Loss } from "./link.ts";
import { failure } from "./scripted-link.testing.ts";

const lossOf = (loss: Partial<Loss>): Loss => ({
  transport: "websocket",
  error: failure("NETWORK"),
  ...loss,
});

test("each close code of the shared table has the duty that the table gives it", () => {
  for (const [code, { duty }] of Object.entries(closeCodes))
    expect(meaningOf(lossOf({ code: Number(code) })).duty, code).toBe(duty);
});

test("codes to give up at say why", () => {
  const reasons = [1009, 4400, 4403, 4409, 4410].map((code) => meaningOf(lossOf({ code })));
  expect(reasons.map((meaning) => meaning.duty === "give_up" && meaning.reason)).toEqual([
    "bad_client",
    "bad_client",
    "forbidden",
    "too_many_connections",
    "account_gone",
  ]);
});

test("a code that nobody has named is a lost connection", () => {
  for (const code of [1000, 1006, 1002, 1011, 4000, 4999])
    expect(meaningOf(lossOf({ code }))).toEqual({ duty: "reconnect", holdMs: undefined });
  expect(meaningOf(lossOf({}))).toEqual({ duty: "reconnect", holdMs: undefined });
});

test("overload waits longer, a restart counts for nothing, too many calls wait 10 s", () => {
  expect(meaningOf(lossOf({ code: 1013 }))).toMatchObject({ least: 2 });
  expect(meaningOf(lossOf({ code: 1012 }))).toMatchObject({ isRestart: true });
  expect(meaningOf(lossOf({ code: 4429 }))).toMatchObject({ holdMs: 10_000 });
});

test("statuses of a refused handshake or stream", () => {
  const meanings: [number, CauserieErrorCode, number | undefined, object][] = [
    [401, "UNAUTHORIZED", undefined, { duty: "sign_in_again" }],
    [403, "FORBIDDEN", undefined, { duty: "give_up", reason: "forbidden" }],
    [429, "RATE_LIMITED", 7_000, { duty: "reconnect", holdMs: 7_000 }],
    [503, "OVERLOADED", 9_000, { duty: "reconnect", holdMs: 9_000 }],
    [503, "OVERLOADED", undefined, { duty: "reconnect", least: 2 }],
    [404, "NOT_FOUND", undefined, { duty: "reconnect", holdMs: undefined }],
  ];
  for (const [status, code, retryAfterMs, meaning] of meanings) {
    const loss = { status, error: failure(code, status), ...(retryAfterMs ? { retryAfterMs } : {}) };
    expect(meaningOf(lossOf(loss))).toEqual(meaning);
  }
});

test("what a proxy answers is no word of the server", () => {
  for (const status of [401, 403, 503])
    expect(meaningOf(lossOf({ status, error: failure("BAD_RESPONSE", status) })).duty).toBe("reconnect");
});

test("the error that ends a stream means what its status does", () => {
  expect(meaningOf(lossOf({ error: failure("UNAUTHORIZED", 401) })).duty).toBe("sign_in_again");
  const limited = lossOf({ error: failure("RATE_LIMITED", 429, 3_000) });
  expect(meaningOf(limited)).toEqual({ duty: "reconnect", holdMs: 3_000 });
  expect(meaningOf(lossOf({ error: failure("INTERNAL_SERVER_ERROR", 500) })).duty).toBe("reconnect");
});

test("a code or a status shows that there is a network; their absence, and 1006, do not", () => {
  expect(isAnswer(lossOf({ code: 1013 }))).toBe(true);
  expect(isAnswer(lossOf({ status: 502, error: failure("BAD_RESPONSE", 502) }))).toBe(true);
  expect(isAnswer(lossOf({ code: 1006 }))).toBe(false);
  expect(isAnswer(lossOf({}))).toBe(false);
});
