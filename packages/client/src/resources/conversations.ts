import type { CallOptions } from "./call-options.ts";
import type {
  ConversationsPage,
  ConversationState,
  Done,
  History,
  Inputs,
  Member,
  ReadState,
  Trpc,
} from "../types.ts";

type Input = Inputs["conversations"];

/** Conversations: of two people, of groups, and public ones. `NOT_FOUND` for strangers, always. */
export interface Conversations {
  /**
   * Starts a group with `member_ids`, whose owner the caller is, or a public conversation; or
   * finds or starts the direct one with the one member given.
   */
  create(input: Input["create"], options?: CallOptions): Promise<ConversationState>;
  /**
   * Those the caller is in and the public ones, the latest written in first. Hand `next_cursor`
   * back as `cursor` for the next page.
   */
  list(input?: Input["list"], options?: CallOptions): Promise<ConversationsPage>;
  /** One conversation. */
  get(input: Input["get"], options?: CallOptions): Promise<ConversationState>;
  /** Renames a group or public conversation. `FORBIDDEN` unless the caller is an owner or admin. */
  update(input: Input["update"], options?: CallOptions): Promise<ConversationState>;
  /** Joins a public conversation: from then on unread messages count there. */
  join(input: Input["join"], options?: CallOptions): Promise<ConversationState>;
  /** Leaves a group, which is then gone for the caller, or a public conversation. */
  leave(input: Input["leave"], options?: CallOptions): Promise<Done>;
  /**
   * A stretch of the conversation in the order of `seq`: the newest messages, or those `before`,
   * `after` or `around` one. `from_seq` and `to_seq` say what it covers without a gap.
   */
  history(input: Input["history"], options?: CallOptions): Promise<History>;
  /** Moves the caller's marker forward, on all their devices; it never moves back. */
  markRead(input: Input["markRead"], options?: CallOptions): Promise<ReadState>;
  /** Who is in a conversation, and with which role. */
  readonly members: {
    /** In the order of their ids. */
    list(input: Input["members"]["list"], options?: CallOptions): Promise<Member[]>;
    /** Takes people into a group. `FORBIDDEN` unless the caller is an owner or admin. */
    add(input: Input["members"]["add"], options?: CallOptions): Promise<Member[]>;
    /** Takes somebody out of a group: owners anybody, admins members, everybody themself. */
    remove(input: Input["members"]["remove"], options?: CallOptions): Promise<Done>;
    /** Gives a member another role. `FORBIDDEN` unless the caller is an owner. */
    setRole(input: Input["members"]["setRole"], options?: CallOptions): Promise<Member>;
  };
}

export function createConversations({ conversations }: Trpc): Conversations {
  const { members } = conversations;
  return {
    create: conversations.create.mutate,
    list: (input = {}, options) => conversations.list.query(input, options),
    get: conversations.get.query,
    update: conversations.update.mutate,
    join: conversations.join.mutate,
    leave: conversations.leave.mutate,
    history: conversations.history.query,
    markRead: conversations.markRead.mutate,
    members: {
      list: members.list.query,
      add: members.add.mutate,
      remove: members.remove.mutate,
      setRole: members.setRole.mutate,
    },
  };
}
