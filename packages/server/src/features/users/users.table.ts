import type { Generated } from "kysely";

export interface UserTable {
  id: Generated<number>;
  name: string;
  /** The name folded for comparison. */
  name_key: string;
  email: string;
  /** The e-mail address folded for comparison; unique. */
  email_key: string;
  password_hash: string;
  /** 1 for those who run the server, else 0. */
  is_admin: Generated<number>;
  created_at: number;
  updated_at: number;
  /** When the account was deleted: what is left has no name and no address. */
  deleted_at: Generated<number | null>;
}
