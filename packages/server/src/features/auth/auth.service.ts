import { foldKey, type Self, type Tokens } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError } from "../../lib/domain-error.ts";
import type { PasswordBackoff } from "../../lib/password-backoff.ts";
import type { PasswordHasher } from "../../lib/password-hasher.ts";
import { everyone } from "../../log/audience.ts";
import type { Writer, WriteTransaction } from "../../log/writer.ts";
import type { OpenedCookie, SessionsService } from "../sessions/index.ts";
import { findUser, findUserByEmail, insertUser, selfView } from "../users/index.ts";

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

  /** Checks the password, and opens a session in a transaction in which it is still the same. */
  async function open<Opened>(
    { email, password }: Credentials,
    openFor: (tx: WriteTransaction, userId: number) => Promise<Opened>,
  ): Promise<Opened> {
    const user = await findUserByEmail(db, email);
    const right = await backoff.attempt(foldKey(email), () =>
      user ? passwords.verify(user.password_hash, password) : passwords.verifyNothing(password),
    );
    if (!user || !right) throw new DomainError("INVALID_CREDENTIALS");
    return await writer.run(async (tx) => {
      // A change of password or the end of the account, made meanwhile, ended all sessions there were.
      const now = await findUser(tx.db, user.id);
      if (now?.password_hash !== user.password_hash) throw new DomainError("INVALID_CREDENTIALS");
      return await openFor(tx, user.id);
    });
  }

  return {
    async register({ name, email, password }) {
      if (await findUserByEmail(db, email)) throw new DomainError("EMAIL_TAKEN");
      const passwordHash = await passwords.hash(password);
      return await writer.run(async (tx) => {
        if (await findUserByEmail(tx.db, email)) throw new DomainError("EMAIL_TAKEN");
        const at = clock.now();
        const row = await insertUser(tx.db, {
          name,
          name_key: foldKey(name),
          email,
          email_key: foldKey(email),
          password_hash: passwordHash,
          created_at: at,
          updated_at: at,
        });
        await tx.emit({ type: "user.created", audience: everyone, subjectId: row.id, at });
        return selfView(row);
      });
    },

    signIn: (credentials, { seed, device }) =>
      open(credentials, (tx, userId) =>
        sessions.open(tx, { userId, device }, seed ? seedTtlMs : accessTtlMs),
      ),

    signInWithCookie: (credentials, device) =>
      open(credentials, (tx, userId) => sessions.openCookie(tx, { userId, device })),
  };
}
