import type { Generated } from "kysely";

export interface ConversationTable {
  id: Generated<number>;
  kind: "direct" | "group" | "public";
  name: string | null;
  /** `smaller id:greater id` of a direct conversation; unique, so a pair has one. */
  direct_key: string | null;
  last_seq: Generated<number>;
  created_at: number;
}

export interface MemberTable {
  conversation_id: number;
  user_id: number;
  role: "owner" | "admin" | "member";
  last_read_seq: Generated<number>;
  joined_at: number;
}
