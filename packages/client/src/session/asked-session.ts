import { nobodySignedIn } from "../connection/refusal.ts";
import { createIdentity, isRefusal } from "./identity.ts";
import type { SessionCalls } from "./session-calls.ts";
import type { Session } from "./session.ts";

export interface AskedSessionDeps {
  readonly calls: Pick<SessionCalls, "me" | "logout">;
  /** Asks for the proof of who is signed in. Undefined: nobody is. */
  readonly ask: () => string | undefined | Promise<string | undefined>;
  /** The proof is an access token, or something that changes with the browser's cookie. */
  readonly kind: "token" | "cookie";
  /** Nobody is signed in at the start. */
  readonly isEmpty: boolean;
}

/**
 * A session that somebody else holds and renews. They are asked each time; who is signed in is asked of the server
 * when the proof has changed.
 */
export function createAskedSession({ calls, ask, kind, isEmpty }: AskedSessionDeps): Session {
  const identity = createIdentity();
  const hasToken = kind === "token";
  const tokenOf = (proof: string | undefined) => (hasToken ? proof : undefined);
  /** The proof whose user is known. */
  let known: string | undefined;
  /** The proof that the server does not take any more. */
  let dead: string | undefined;
  let flight: Promise<string> | undefined;
  /** Grows with each sign-in and sign-out here: what was begun before does not count any more. */
  let era = 0;

  async function find(): Promise<string> {
    for (let refusals = 0; ;) {
      const since = era;
      const proof = await ask();
      if (since !== era) continue;
      if (proof === undefined || proof === dead || refusals > 1) {
        if (!identity.lost()) {
          const was = known ?? dead;
          const taken = !hasToken && proof === undefined;
          identity.lose(was === undefined ? "no_credentials" : taken ? "signed_out" : "session_ended");
        }
        known = undefined;
        throw nobodySignedIn();
      }
      if (proof === known) return proof;
      let userId: number;
      try {
        userId = (await calls.me(tokenOf(proof))).id;
      } catch (cause) {
        if (!isRefusal(cause)) throw cause;
        if (since === era) dead = proof;
        refusals += 1;
        continue;
      }
      if (since !== era) continue;
      known = proof;
      if (hasToken && identity.userId() === userId)
        identity.tell({ type: "renewed", by: "this_client", token: proof, expiresIn: null });
      else identity.found(userId);
      return proof;
    }
  }

  async function token(refused?: string): Promise<string | undefined> {
    if (refused !== undefined) dead = refused;
    flight ??= find().finally(() => (flight = undefined));
    const proof = await flight;
    return proof === refused ? await token(refused) : tokenOf(proof);
  }

  if (isEmpty) identity.lose("no_credentials");

  return {
    userId: identity.userId,
    lost: identity.lost,
    onChange: identity.onChange,
    current: () => tokenOf(known),
    token,
    isStale: () => !identity.lost() && known === undefined,
    async adopt() {
      era += 1;
      dead = undefined;
      await token();
    },
    async end(reason) {
      const ended = known;
      const logout = async () => {
        if (reason !== "signed_out" || identity.lost()) return;
        try {
          // A client that was not used yet has not asked.
          await calls.logout(tokenOf(ended ?? (await ask())));
        } catch (cause) {
          if (!hasToken && !isRefusal(cause)) throw cause;
        }
      };
      // Only the server can take a cookie away, so a sign-out that does not reach it is none.
      if (!hasToken) await logout();
      const told = hasToken && logout();
      era += 1;
      dead = ended;
      known = undefined;
      identity.lose(reason);
      await told;
    },
    close() {},
  };
}
