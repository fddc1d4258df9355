import type { Page, Self, User } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { PageOf } from "../../db/read-page.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import type { PasswordBackoff } from "../../lib/password-backoff.ts";
import type { PasswordHasher } from "../../lib/password-hasher.ts";
import type { Write } from "../../log/write.ts";
import type { Writer } from "../../log/writer.ts";
import type { Principal, SessionsService } from "../sessions/index.ts";
import { selfView, userView } from "./user-view.ts";
import { findUser, listUsers, type UserRow } from "./users.repository.ts";
import { updateProfile, wrongPassword, type CheckedAccount } from "./users.writes.ts";

export interface UsersDeps {
  readonly db: Kysely<Database>;
  readonly writer: Writer;
  readonly passwords: PasswordHasher;
  readonly backoff: PasswordBackoff;
  readonly sessions: SessionsService;
  readonly clock: Clock;
  /** Ends an account with all that belongs to it; returns the sessions that ended. */
  readonly deleteAccount: Write<CheckedAccount, readonly string[]>;
  /** Who may broadcast. */
  readonly broadcast: "everyone" | "admins";
}

export interface ProfileChanges {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
  readonly current_password?: string | undefined;
}

export interface UsersService {
  /** The signed-in user, e-mail address included. */
  me(userId: number): Promise<Self>;
  /** One user, or NOT_FOUND. */
  get(userId: number): Promise<User>;
  /** The user as the sender of a broadcast; FORBIDDEN where only administrators may and they are none. */
  broadcaster(userId: number): Promise<User>;
  list(page: Page, query: string | undefined): Promise<PageOf<User>>;
  /**
   * Changes what is given. A new e-mail address or password needs the current password;
   * a new password ends the user's other sessions.
   */
  update(principal: Principal, changes: ProfileChanges): Promise<Self>;
  /**
   * Deletes the account, for whoever knows its password: its sessions end, its e-mail address is
   * free again, and only a nameless row is left under its messages.
   */
  delete(userId: number, password: string): Promise<void>;
}

export function createUsersService(deps: UsersDeps): UsersService {
  const { db, writer, passwords, backoff, sessions, clock, deleteAccount, broadcast } = deps;

  async function existing(userId: number): Promise<UserRow> {
    const row = await findUser(db, userId);
    if (!row) throw new DomainError("NOT_FOUND", { message: "There is no such user." });
    return row;
  }

  async function requirePassword(row: UserRow, given: string | undefined): Promise<void> {
    if (given === undefined) {
      throw invalidField("current_password", "is needed to change the e-mail address or the password");
    }
    // Not by the key of sign-ins: whoever has a session must not keep its owner from another.
    const check = () => passwords.verify(row.password_hash, given);
    if (!(await backoff.attempt(`user:${row.id}`, check))) throw wrongPassword();
  }

  /** The account as it is now that its password was found right. */
  const checked = ({ id, password_hash }: UserRow): CheckedAccount => ({
    userId: id,
    passwordHash: password_hash,
    at: clock.now(),
  });

  return {
    async me(userId) {
      return selfView(await existing(userId));
    },

    async get(userId) {
      return userView(await existing(userId));
    },

    async broadcaster(userId) {
      const row = await existing(userId);
      if (broadcast === "admins" && row.is_admin === 0) {
        throw new DomainError("FORBIDDEN", { message: "Only administrators may broadcast here." });
      }
      return userView(row);
    },

    async list(page, query) {
      const { items, next } = await listUsers(db, page, query);
      return { items: items.map(userView), next };
    },

    async update({ userId, sessionId }, { name, email, password, current_password }) {
      const row = await existing(userId);
      const emailChanges = email !== undefined && email !== row.email;
      if (emailChanges || password !== undefined) await requirePassword(row, current_password);
      const newPasswordHash = password === undefined ? undefined : await passwords.hash(password);

      const { row: updated, ended } = await writer.run(updateProfile, {
        ...checked(row),
        name,
        email: emailChanges ? email : undefined,
        newPasswordHash,
        sessionId,
      });
      sessions.announceEnd(userId, ended, "ended");
      return selfView(updated);
    },

    async delete(userId, password) {
      const row = await existing(userId);
      await requirePassword(row, password);
      const ended = await writer.run(deleteAccount, checked(row));
      sessions.announceEnd(userId, ended, "account_deleted");
    },
  };
}
