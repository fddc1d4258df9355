import { nobodySignedIn } from "../connection/refusal.ts";
import { CauserieError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import { createIdentity, isRefusal } from "./identity.ts";
import { isFresh, leftMs, renewalDelayMs, repetitionDelayMs } from "./lifetime.ts";
import { createRefreshTurn } from "./refresh-turn.ts";
import { createSafeStorage } from "./safe-storage.ts";
import type { SessionCalls } from "./session-calls.ts";
import type { AuthLostReason, Session } from "./session.ts";
import type { StoredSession, TokenStorage } from "./token-storage.ts";

export interface SessionDeps {
  readonly calls: Pick<SessionCalls, "refresh" | "logout">;
  readonly storage: TokenStorage;
  readonly platform: Pick<Platform, "clock" | "random" | "locks">;
  /** What tells servers apart: sessions of one server share a lock. */
  readonly serverKey: string;
  /** The storage failed; the session goes on in memory. */
  readonly onStorageError: (cause: unknown) => void;
}

/** A session that is held with tokens, which it keeps in the storage and renews. */
export function createSession(deps: SessionDeps): Session {
  const { calls, storage, platform, serverKey, onStorageError } = deps;
  const { clock, random } = platform;
  const identity = createIdentity();
  /** The tokens in use. Those of a session that has ended stay: what is stored is compared with them. */
  let held: StoredSession | undefined;
  /** Grows with each sign-in and sign-out here: what was begun before does not count any more. */
  let era = 0;
  let closed = false;
  let flight: Promise<string> | undefined;
  let cancelRenewal = () => {};
  const kept = createSafeStorage(storage, () => held, onStorageError);
  const inTurn = storage.watch
    ? createRefreshTurn(platform, `causerie:${serverKey}:refresh`)
    : <Result>(work: () => Promise<Result>) => work();

  const fresh = () => held && !identity.lost() && isFresh(held, clock.now());

  function schedule(failures = 0, atLeastMs = 0): void {
    cancelRenewal();
    if (closed || !held || leftMs(held, clock.now()) <= 0) return;
    const wanting = held.access_token;
    const delay = failures
      ? repetitionDelayMs(failures, atLeastMs, random())
      : renewalDelayMs(held, clock.now(), random());
    cancelRenewal = clock.after(delay, () => {
      token(wanting).catch((cause: unknown) => {
        if (!identity.lost()) schedule(failures + 1, cause instanceof CauserieError ? cause.retryAfterMs : 0);
      });
    });
  }

  function lose(reason: AuthLostReason): void {
    cancelRenewal();
    identity.lose(reason);
  }

  /** Goes on with what is stored, whoever stored it. */
  function use(next: StoredSession | undefined, by: "this_client" | "another_tab"): void {
    const before = held;
    held = next;
    if (!next) {
      if (before || !identity.lost()) lose(before ? "signed_out" : "no_credentials");
      return;
    }
    if (identity.lost() && before?.refresh_token === next.refresh_token) return;
    const isSame = identity.userId() === next.user_id;
    if (isSame && before?.access_token === next.access_token) return;
    schedule();
    if (!isSame) identity.found(next.user_id);
    else identity.tell({ type: "renewed", by, token: next.access_token, expiresIn: next.expires_in });
  }

  /** Reads what is stored, and whether the era is still the one that began `since`. */
  async function look(since: number): Promise<boolean> {
    const found = await kept.read();
    if (since !== era) return false;
    use(found, "another_tab");
    return true;
  }

  async function refresh(refused: string | undefined): Promise<string> {
    for (;;) {
      const since = era;
      if (closed) throw new CauserieError("ABORTED", "The client is closed.");
      if (!(await look(since))) continue;
      if (!held || identity.lost()) throw nobodySignedIn();
      if (held.access_token !== refused && fresh()) return held.access_token;
      if (!held.attempt_id) {
        held = { ...held, attempt_id: newAttemptId(random) };
        await kept.write(held);
      }
      const { refresh_token, attempt_id = "" } = held;
      let next: StoredSession | undefined;
      let failure: unknown;
      try {
        const answer = await calls.refresh({ refresh_token, attempt_id });
        next = { refresh_token, ...answer, received_at: clock.now() };
      } catch (cause) {
        failure = cause;
      }
      // Meanwhile another tab may have renewed or ended the session: that counts, whatever came here.
      if (!(await look(since)) || held?.refresh_token !== refresh_token) continue;
      if (!next) {
        if (isRefusal(failure)) lose("session_ended");
        throw failure;
      }
      await kept.write(next);
      if (since !== era) continue;
      use(next, "this_client");
      return next.access_token;
    }
  }

  async function token(refused?: string): Promise<string> {
    await ready;
    if (!held || identity.lost()) throw nobodySignedIn();
    if (held.access_token !== refused && fresh()) return held.access_token;
    flight ??= inTurn(() => refresh(refused)).finally(() => (flight = undefined));
    const got = await flight;
    // It may have been begun by somebody to whom this token was not refused.
    return got === refused ? await token(refused) : got;
  }

  function begin(found: StoredSession | undefined): void {
    if (era === 0) use(found, "this_client");
  }
  function beginWithout(cause: unknown): void {
    onStorageError(cause);
    begin(undefined);
  }
  let ready: Promise<void> | undefined;
  try {
    const found = storage.read();
    if (found && "then" in found) ready = found.then(begin, beginWithout);
    else begin(found);
  } catch (cause) {
    beginWithout(cause);
  }
  const unwatch = kept.watch(() => void look(era));

  return {
    userId: identity.userId,
    lost: identity.lost,
    onChange: identity.onChange,
    current: () => held?.access_token,
    token,
    isStale: () => held !== undefined && !fresh(),

    async adopt(tokens) {
      if (!tokens) return void (await look(era));
      const next = { ...tokens, received_at: clock.now() };
      const since = (era += 1);
      await kept.write(next);
      if (since !== era) return;
      held = next;
      schedule();
      identity.found(next.user_id);
    },

    async end(reason) {
      era += 1;
      const ended = identity.lost() ? undefined : held;
      // After `session_ended` the tokens stay: other tabs would take their absence for a sign-out.
      if (reason !== "session_ended") held = undefined;
      lose(reason);
      if (reason === "session_ended") return;
      await Promise.all([kept.write(undefined), reason === "signed_out" && ended && tellServer(ended)]);
    },

    close() {
      closed = true;
      cancelRenewal();
      unwatch();
    },
  };

  /** Ends the session on the server, as far as it can be reached: else it ends there by its age. */
  async function tellServer(ended: StoredSession): Promise<void> {
    const { refresh_token, attempt_id = newAttemptId(random) } = ended;
    try {
      const { access_token } = isFresh(ended, clock.now())
        ? ended
        : await calls.refresh({ refresh_token, attempt_id });
      await calls.logout(access_token);
    } catch (cause) {
      if (!(cause instanceof CauserieError)) throw cause;
    }
  }
}

/** Long enough that nobody who has the token alone can guess it. */
function newAttemptId(random: () => number): string {
  return Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36)).join("");
}
