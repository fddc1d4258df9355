import type { Generated } from "kysely";

export interface ConversationTable {
  id: Generated<number>;
  kind: "direct" | "group" | "public";
  name: string | null;
  /** `smaller id:greater id` of a direct conversation; unique, so a pair has one. */
  direct_key: string | null;
  last_seq: Generated<number>;
  created_at: number;
  /** When it was made or last written in: the order of lists. */
  activity_at: Generated<number>;
}

export interface MemberTable {
  conversation_id: number;
  user_id: number;
  role: "owner" | "admin" | "member";
  last_read_seq: Generated<number>;
  joined_at: number;
  /** Where in the log the member came in: earlier events are not theirs. */
  joined_position: Generated<number>;
  /** Messages up to this `seq` are not theirs to read. */
  since_seq: Generated<number>;
}
