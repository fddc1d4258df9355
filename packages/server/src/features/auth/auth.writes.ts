import { foldKey } from "@causerie/shared";
import { DomainError } from "../../lib/domain-error.ts";
import { everyone } from "../../log/audience.ts";
import { defineWrite } from "../../log/write.ts";
import { leaveAll } from "../conversations/index.ts";
import { insertSession, revokeSessions, type SessionRow } from "../sessions/index.ts";
import {
  eraseUser,
  findUser,
  findUserByEmail,
  insertUser,
  requireUnchanged,
  selfView,
  type CheckedAccount,
} from "../users/index.ts";

export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly at: number;
}

/** Creates an account, unless the address has one. */
export const createAccount = defineWrite(
  "auth.register",
  async (tx, { name, email, passwordHash, at }: NewAccount) => {
    if (await findUserByEmail(tx.db, email)) throw new DomainError("EMAIL_TAKEN");
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
  },
);

export interface OpenedSession {
  readonly row: SessionRow;
  /** As it was when the password was checked. */
  readonly passwordHash: string;
}

/** Stores a session, unless the password has changed since it was checked. */
export const openSession = defineWrite(
  "auth.openSession",
  async (tx, { row, passwordHash }: OpenedSession): Promise<void> => {
    // A change of password or the end of the account, made meanwhile, ended all sessions there were.
    const now = await findUser(tx.db, row.user_id);
    if (now?.password_hash !== passwordHash) throw new DomainError("INVALID_CREDENTIALS");
    await insertSession(tx.db, row);
  },
);

/** Ends an account with all that belongs to it, and returns the sessions that ended. */
export const deleteAccount = defineWrite(
  "auth.deleteAccount",
  async (tx, account: CheckedAccount): Promise<readonly string[]> => {
    const { userId, at } = account;
    await requireUnchanged(tx, account);
    await leaveAll(tx, userId, at);
    await eraseUser(tx.db, userId, at);
    await tx.emit({ type: "user.deleted", audience: everyone, subjectId: userId, at });
    return await revokeSessions(tx.db, userId, "all", at);
  },
);
