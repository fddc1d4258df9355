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
  created_at: number;
  updated_at: number;
}
