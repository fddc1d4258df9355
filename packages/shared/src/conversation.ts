import { z } from "zod";
import { id, idInput, seq, seqInput, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";
import { message, type Message } from "./message.ts";
import { named } from "./named.ts";
import { limitInput, pageFields } from "./paging.ts";
import { choice, text } from "./text.ts";

export const conversationKinds = ["direct", "group", "public"] as const;
export type ConversationKind = (typeof conversationKinds)[number];

/** From the most rights to the fewest. */
export const memberRoles = ["owner", "admin", "member"] as const;
export type MemberRole = (typeof memberRoles)[number];

const roleMeta = {
  description: "An owner may do everything, an admin rename and add and remove members, a member write.",
};
const role = z.enum(memberRoles).meta(roleMeta);

/** Somebody in a conversation. */
export interface Member {
  user_id: number;
  /** The name other people see; empty once the account is gone. */
  name: string;
  role: MemberRole;
  joined_at: string;
}

export const member = named<Member>()(
  z
    .object({
      user_id: id,
      name: z.string().meta({ description: "The name other people see; empty once the account is gone." }),
      role,
      joined_at: timestamp,
    })
    .meta({ id: "Member", description: "Somebody in a conversation." }),
);

const fields = {
  id,
  kind: z.enum(conversationKinds).meta({ description: "Between two people, in a group, or with everybody." }),
  name: z.string().nullable().meta({ description: "The name of a group or public conversation, else null." }),
  member_ids: z
    .array(id)
    .nullable()
    .meta({
      description: `The people in it, the first ${limits.membersShown} of a large group; null in a public conversation, where everybody is.`,
    }),
  member_count: z
    .int()
    .min(0)
    .nullable()
    .meta({ description: "How many are in it; null when it is public." }),
  last_seq: z.int().min(0).meta({ description: "The `seq` of the newest message; 0 when there is none." }),
  created_at: timestamp,
  activity_at: timestamp.meta({ description: "When it was last written in, or made: the order of lists." }),
};

/** A conversation as all who may see it do. */
export interface Conversation {
  id: number;
  kind: ConversationKind;
  /** The name of a group or public conversation, else null. */
  name: string | null;
  /** The people in it, the first of a large group; null in a public one, where everybody is. */
  member_ids: number[] | null;
  /** How many are in it; null when it is public. */
  member_count: number | null;
  /** The `seq` of the newest message; 0 when there is none. */
  last_seq: number;
  created_at: string;
  /** When it was last written in, or made: the order of lists. */
  activity_at: string;
}

export const conversation = named<Conversation>()(
  z.object(fields).meta({
    id: "Conversation",
    description: "Where messages belong: two people, a group, or the public place of everybody.",
  }),
);

const marker = {
  last_read_seq: seq.meta({ description: "How far the caller has read; it moves forward only." }),
  unread_count: z
    .int()
    .min(0)
    .max(limits.unreadCount)
    .meta({
      description: `Other people's messages after the marker, counted up to ${limits.unreadCount}.`,
    }),
};

/** A conversation with the caller's place in it. */
export interface ConversationState extends Conversation {
  /** The caller's role; null in a public one not joined. */
  role: MemberRole | null;
  /** How far the caller has read; it moves forward only. */
  last_read_seq: number;
  /** Other people's messages after the marker, counted up to a limit. */
  unread_count: number;
  /** The newest message that the caller may read, or null. */
  last_message: Message | null;
  /** Who is in it, in the order of their ids, the first of a large group; empty in public. */
  members: Member[];
}

export const conversationState = named<ConversationState>()(
  z
    .object({
      ...fields,
      role: role.nullable().meta({ description: "The caller's role; null in a public one not joined." }),
      ...marker,
      last_message: message.nullable().meta({ description: "The newest message, or null." }),
      members: z.array(member).meta({
        description: `Who is in it, in the order of their ids, at most ${limits.membersShown}; nobody of a public one, where everybody is.`,
      }),
    })
    .meta({ id: "ConversationState", description: "A conversation as the caller finds it." }),
);

const conversationId = idInput.meta({ description: "The conversation's id.", example: 2 });
const userId = idInput.meta({ description: "The member's id.", example: 2 });
const conversationName = text({ max: limits.nameLength, singleLine: true }).meta({
  description: "The name that its members see.",
  example: "Équipe",
});
const cursor = z
  .string()
  .min(1)
  .max(40)
  .regex(/^\d{1,15}:\d{1,15}$/, "must be a next_cursor that this server gave out")
  .meta({ description: "The `next_cursor` of the page before.", example: "1768473000000:2" });

export const conversationIdInput = z.strictObject({ conversation_id: conversationId });

export const conversationsListInput = z.strictObject({
  cursor: cursor.optional(),
  limit: limitInput.meta({ description: `How many, 1 to ${limits.pageSize}; 50 unless given.` }).optional(),
});

/** A page of conversations, the latest written in first. */
export const conversationsPage = z
  .object({
    conversations: z.array(conversationState),
    next_cursor: z.string().nullable().meta({ description: "Leads to the next page; null at the end." }),
  })
  .meta({ id: "ConversationsPage", description: "Conversations, the latest written in first." });
export type ConversationsPage = z.infer<typeof conversationsPage>;

export const createConversationInput = z.strictObject({
  kind: choice(conversationKinds).meta({
    description: "`direct` needs one member and no name, `public` takes no members.",
    example: "group",
  }),
  name: conversationName.nullish(),
  member_ids: z
    .array(idInput)
    .max(limits.groupSize - 1, `must hold at most ${limits.groupSize - 1} ids`)
    .meta({ description: "Who is in it besides the caller.", example: [2] })
    .nullish(),
});
export type CreateConversationInput = z.output<typeof createConversationInput>;

export const updateConversationInput = z.strictObject({
  conversation_id: conversationId,
  name: conversationName,
});

export const membersListInput = z.strictObject({
  conversation_id: conversationId,
  after: pageFields.after,
  limit: pageFields.limit,
});

export const addMembersInput = z.strictObject({
  conversation_id: conversationId,
  user_ids: z
    .array(idInput)
    .min(1, "must hold at least 1 id")
    .max(limits.membersAdded, `must hold at most ${limits.membersAdded} ids`)
    .meta({ description: "Who comes in.", example: [2] }),
  history: choice(["none", "all"])
    .meta({
      description: "Whether they may read what was written before; `none` unless given.",
      example: "none",
    })
    .nullish(),
});

export const memberInput = z.strictObject({ conversation_id: conversationId, user_id: userId });

export const setRoleInput = z.strictObject({
  conversation_id: conversationId,
  user_id: userId,
  role: choice(memberRoles).meta({ ...roleMeta, example: "admin" }),
});

export const markReadInput = z.strictObject({
  conversation_id: conversationId,
  up_to_seq: seqInput.meta({ description: "The `seq` of the newest message that was read.", example: 1 }),
});

/** How far the caller has read a conversation, and what is left. */
export const readState = z
  .object({ conversation_id: id, ...marker })
  .meta({ id: "ReadState", description: "How far the caller has read a conversation." });
export type ReadState = z.infer<typeof readState>;

const oneOfThem = "Give at most one of before, after and around.";
export const historyInput = z.strictObject({
  conversation_id: conversationId,
  before: seqInput.meta({ description: `Only messages before this \`seq\`. ${oneOfThem}` }).optional(),
  after: seqInput.meta({ description: `Only messages after this \`seq\`. ${oneOfThem}` }).optional(),
  around: seqInput.meta({ description: `Messages on both sides of this \`seq\`. ${oneOfThem}` }).optional(),
  limit: limitInput.meta({ description: `How many, 1 to ${limits.pageSize}; 50 unless given.` }).optional(),
});
export type HistoryInput = z.output<typeof historyInput>;

/** A stretch of a conversation without a gap. */
export const history = z
  .object({
    messages: z.array(message).meta({ description: "In the order of `seq`." }),
    from_seq: seq.meta({ description: "The first `seq` of the stretch." }),
    to_seq: seq.meta({
      description:
        "The last `seq` of the stretch; below `from_seq` when it is empty. What is missing in between was deleted.",
    }),
    has_older: z.boolean().meta({ description: "More can be read with `before: from_seq`." }),
    has_newer: z.boolean().meta({ description: "More can be read with `after: to_seq`." }),
  })
  .meta({ id: "History", description: "A stretch of a conversation, in order and without a gap." });
export type History = z.infer<typeof history>;
