import { foldKey } from "@causerie/shared";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import { everyone } from "../../log/audience.ts";
import { defineWrite } from "../../log/write.ts";
import type { WriteTransaction } from "../../log/write-transaction.ts";
import { revokeSessions } from "../sessions/index.ts";
import { findUser, findUserByEmail, updateUser, type UserRow } from "./users.repository.ts";

export const wrongPassword = () => invalidField("current_password", "is wrong");

/** An account as it was when its password was checked. */
export interface CheckedAccount {
  readonly userId: number;
  readonly passwordHash: string;
  readonly at: number;
}

/** Hashing takes a while: by the write, the password may be another, or the account deleted. */
export async function requireUnchanged(
  tx: WriteTransaction,
  { userId, passwordHash }: CheckedAccount,
): Promise<void> {
  const row = await findUser(tx.db, userId);
  if (!row) throw new DomainError("UNAUTHORIZED");
  if (row.password_hash !== passwordHash) throw wrongPassword();
}

/** What is undefined stays as it is. */
export interface ProfileUpdate extends CheckedAccount {
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly newPasswordHash: string | undefined;
  /** The session that stays when the password changes. */
  readonly sessionId: string;
}

export interface UpdatedProfile {
  readonly row: UserRow;
  /** The sessions that ended with the old password. */
  readonly ended: readonly string[];
}

/** Changes a profile; a new password ends the user's other sessions. */
export const updateProfile = defineWrite(
  "users.update",
  async (
    tx,
    { name, email, newPasswordHash, sessionId, ...account }: ProfileUpdate,
  ): Promise<UpdatedProfile> => {
    const { userId, at } = account;
    await requireUnchanged(tx, account);
    if (email !== undefined) {
      const holder = await findUserByEmail(tx.db, email);
      if (holder && holder.id !== userId) throw new DomainError("EMAIL_TAKEN");
    }
    const row = await updateUser(tx.db, userId, {
      ...(name === undefined ? {} : { name, name_key: foldKey(name) }),
      ...(email === undefined ? {} : { email, email_key: foldKey(email) }),
      ...(newPasswordHash === undefined ? {} : { password_hash: newPasswordHash }),
      updated_at: at,
    });
    await tx.emit({ type: "user.updated", audience: everyone, subjectId: userId, at });
    const ended =
      newPasswordHash === undefined ? [] : await revokeSessions(tx.db, userId, { exceptId: sessionId }, at);
    return { row, ended };
  },
);
