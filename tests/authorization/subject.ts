/** What one call is about: the ids that inputs are made of, as far as the target has them. */
export interface Subject {
  readonly user_id?: number;
  readonly email?: string;
  readonly password?: string;
  readonly session_id?: string;
  readonly refresh_token?: string;
  readonly access_token?: string;
  readonly conversation_id?: number;
  readonly message_id?: number;
}

/** What a success ends, so that another call cannot be made with it. */
export type Spends = "session" | "account";

/** An id of nothing that an id of something could be. */
export const missingId = 999_999_999;

/** Whom inputs may name besides the subject. */
export interface PeopleIds {
  /** Whoever calls. */
  readonly caller: number;
  readonly owner: number;
  /** A member of every group and public conversation, and whom everybody has a direct conversation with. */
  readonly guest: number;
  /** Somebody who is in no conversation but a direct one with the guest. */
  readonly friend: number;
  /** Another admin of the group. */
  readonly deputy: number;
}
