import { foldKey, type Self, type Tokens } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError } from "../../lib/domain-error.ts";
import type { PasswordBackoff } from "../../lib/password-backoff.ts";
import type { PasswordHasher } from "../../lib/password-hasher.ts";
import type { Writer } from "../../log/writer.ts";
import type { OpenedCookie, SessionsService } from "../sessions/index.ts";
import { findUserByEmail, type UserRow } from "../users/index.ts";
import { createAccount, openSession } from "./auth.writes.ts";

export interface AuthDeps {
  readonly db: Kysely<Database>;
  readonly writer: Writer;
  readonly passwords: PasswordHasher;
  readonly sessions: SessionsService;
  readonly backoff: PasswordBackoff;
  readonly clock: Clock;
  /** How long the access tokens of `signIn` live, in milliseconds. */
  readonly accessTtlMs: number;
  /** The same for the seed's clients, who never renew theirs. */
  readonly seedTtlMs: number;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface AuthService {
  /** Creates an account; EMAIL_TAKEN when the address has one. */
  register(account: Credentials & { readonly name: string }): Promise<Self>;
  /**
   * Opens a session; INVALID_CREDENTIALS alike for an unknown address and a wrong password,
   * RATE_LIMITED alike after several.
   * `seed` asks for the long-lived access token of clients that never refresh.
   */
  signIn(credentials: Credentials, options: { seed: boolean; device: string | null }): Promise<Tokens>;
  /** The same for a browser, which holds the session in a cookie. */
  signInWithCookie(credentials: Credentials, device: string | null): Promise<OpenedCookie>;
}

export function createAuthService(deps: AuthDeps): AuthService {
  const { db, writer, passwords, sessions, backoff, clock, accessTtlMs, seedTtlMs } = deps;

  /** Whose credentials these are, and with which password. */
  async function check({ email, password }: Credentials): Promise<UserRow> {
    const user = await findUserByEmail(db, email);
    const right = await backoff.attempt(foldKey(email), () =>
      user ? passwords.verify(user.password_hash, password) : passwords.verifyNothing(password),
    );
    if (!user || !right) throw new DomainError("INVALID_CREDENTIALS");
    return user;
  }

  return {
    async register({ name, email, password }) {
      if (await findUserByEmail(db, email)) throw new DomainError("EMAIL_TAKEN");
      const passwordHash = await passwords.hash(password);
      return await writer.run(createAccount, { name, email, passwordHash, at: clock.now() });
    },

    async signIn(credentials, { seed, device }) {
      const { id, password_hash: passwordHash } = await check(credentials);
      const { row, tokens } = sessions.prepare({ userId: id, device }, seed ? seedTtlMs : accessTtlMs);
      await writer.run(openSession, { row, passwordHash });
      return tokens;
    },

    async signInWithCookie(credentials, device) {
      const { id, password_hash: passwordHash } = await check(credentials);
      const { row, cookie } = sessions.prepareCookie({ userId: id, device });
      await writer.run(openSession, { row, passwordHash });
      return cookie;
    },
  };
}
