import type { closeCodes } from "@causerie/shared";
import type { ClosedReason } from "./connection-state.ts";
import type { Loss } from "./link.ts";

/** What a lost connection, a refusal or the end of the stream asks of the client. */
export type Meaning = Reconnect | GiveUp | SignInAgain;

interface Reconnect {
  readonly duty: "reconnect";
  /** How long to wait at least, in milliseconds. */
  readonly holdMs?: number | undefined;
  /** The next attempt counts as this one at least. */
  readonly least?: number;
  /** The server starts again and has closed everybody: it needs a moment, and nothing has failed. */
  readonly isRestart?: true;
}
interface GiveUp {
  readonly duty: "give_up";
  readonly reason: Exclude<ClosedReason, "by_app"> | "account_gone";
}
interface SignInAgain {
  readonly duty: "sign_in_again";
}

type CloseCodes = typeof closeCodes;
type Meanings = {
  readonly [Code in keyof CloseCodes]: Extract<Meaning, { duty: CloseCodes[Code]["duty"] }>;
};

const reconnect = { duty: "reconnect" } as const;
const overloaded = { duty: "reconnect", least: 2 } as const;
const signInAgain = { duty: "sign_in_again" } as const;

/** Each code that the server closes with, and the duty that the shared table gives it. */
const meanings: Meanings = {
  1001: reconnect,
  1009: { duty: "give_up", reason: "bad_client" },
  1012: { duty: "reconnect", isRestart: true },
  1013: overloaded,
  4400: { duty: "give_up", reason: "bad_client" },
  4401: signInAgain,
  4403: { duty: "give_up", reason: "forbidden" },
  4408: reconnect,
  4409: { duty: "give_up", reason: "too_many_connections" },
  4410: { duty: "give_up", reason: "account_gone" },
  4429: { duty: "reconnect", holdMs: 10_000 },
  4508: reconnect,
};

/** By close code, HTTP status or the error that ended the stream. What nobody has named means: connect again. */
export function meaningOf({ code, status, retryAfterMs, error }: Loss): Meaning {
  const named = (meanings as Readonly<Record<number, Meaning>>)[code ?? 0];
  if (named) return named;
  const holdMs = retryAfterMs ?? error.retryAfterMs;
  // A proxy may say anything: only the server's own word ends a session.
  const said = error.code === "BAD_RESPONSE" ? 0 : (status ?? error.status);
  if (said === 401) return signInAgain;
  if (said === 403) return { duty: "give_up", reason: "forbidden" };
  return said === 503 && holdMs === undefined ? overloaded : { duty: "reconnect", holdMs };
}

/** Whether the server, or something in its place, said anything: then there is a network. */
export function isAnswer({ code = 1006, status, error }: Loss): boolean {
  return code !== 1006 || status !== undefined || error.status !== undefined;
}
