import { foldKey, type Page, type Self, type User } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { PageOf } from "../../db/read-page.ts";
import type { Clock } from "../../lib/clock.ts";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import type { PasswordBackoff } from "../../lib/password-backoff.ts";
import type { PasswordHasher } from "../../lib/password-hasher.ts";
import { everyone } from "../../log/audience.ts";
import type { Writer, WriteTransaction } from "../../log/writer.ts";
import type { Principal, SessionsService } from "../sessions/index.ts";
import { selfView, userView } from "./user-view.ts";
import {
  eraseUser,
  findUser,
  findUserByEmail,
  listUsers,
  updateUser,
  type UserRow,
} from "./users.repository.ts";

export interface UsersDeps {
  readonly db: Kysely<Database>;
  readonly writer: Writer;
  readonly passwords: PasswordHasher;
  readonly backoff: PasswordBackoff;
  readonly sessions: SessionsService;
  readonly clock: Clock;
  /** Takes a user whose account ends out of their groups, in the transaction that ends it. */
  readonly leaveConversations: (tx: WriteTransaction, userId: number) => Promise<void>;
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
  const { db, writer, passwords, backoff, sessions, clock, leaveConversations, broadcast } = deps;

  async function existing(userId: number): Promise<UserRow> {
    const row = await findUser(db, userId);
    if (!row) throw new DomainError("NOT_FOUND", { message: "There is no such user." });
    return row;
  }

  const wrongPassword = () => invalidField("current_password", "is wrong");

  async function requirePassword(row: UserRow, given: string | undefined): Promise<void> {
    if (given === undefined) {
      throw invalidField("current_password", "is needed to change the e-mail address or the password");
    }
    // Not by the key of sign-ins: whoever has a session must not keep its owner from another.
    const check = () => passwords.verify(row.password_hash, given);
    if (!(await backoff.attempt(`user:${row.id}`, check))) throw wrongPassword();
  }

  /** Hashing takes a while: by the write, the password may be another, or the account deleted. */
  async function requireUnchanged(tx: WriteTransaction, { id, password_hash }: UserRow): Promise<void> {
    const row = await findUser(tx.db, id);
    if (!row) throw new DomainError("UNAUTHORIZED");
    if (row.password_hash !== password_hash) throw wrongPassword();
  }

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
      const passwordHash = password === undefined ? undefined : await passwords.hash(password);

      const { updated, announce } = await writer.run(async (tx) => {
        await requireUnchanged(tx, row);
        if (emailChanges) {
          const holder = await findUserByEmail(tx.db, email);
          if (holder && holder.id !== userId) throw new DomainError("EMAIL_TAKEN");
        }
        const at = clock.now();
        const updated = await updateUser(tx.db, userId, {
          ...(name === undefined ? {} : { name, name_key: foldKey(name) }),
          ...(emailChanges ? { email, email_key: foldKey(email) } : {}),
          ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
          updated_at: at,
        });
        await tx.emit({ type: "user.updated", audience: everyone, subjectId: userId, at });
        const announce = passwordHash && (await sessions.endIn(tx, userId, { exceptId: sessionId }, "ended"));
        return { updated, announce };
      });
      if (announce) announce();
      return selfView(updated);
    },

    async delete(userId, password) {
      const row = await existing(userId);
      await requirePassword(row, password);
      const announce = await writer.run(async (tx) => {
        await requireUnchanged(tx, row);
        const at = clock.now();
        await leaveConversations(tx, userId);
        await eraseUser(tx.db, userId, at);
        await tx.emit({ type: "user.deleted", audience: everyone, subjectId: userId, at });
        return await sessions.endIn(tx, userId, "all", "account_deleted");
      });
      announce();
    },
  };
}
