import {
  limits,
  type Bootstrap,
  type ConversationsPage,
  type ConversationState,
  type ReadState,
} from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { Snapshot } from "../../db/open-database.ts";
import { DomainError } from "../../lib/domain-error.ts";
import { formatCursor } from "../../log/cursor.ts";
import { readLogState } from "../../log/log-reader.ts";
import {
  listVisibleConversations,
  requirePlace,
  type ActivityCursor,
  type ConversationRow,
} from "../conversations/index.ts";
import type { PresenceService } from "../presence/index.ts";
import { findUser, selfView } from "../users/index.ts";
import { conversationStates, markerOf } from "./conversation-states.ts";
import { countUnread, readInbox } from "./inbox.repository.ts";

export interface InboxDeps {
  readonly snapshot: Snapshot;
  readonly presence: PresenceService;
}

export interface ListOptions {
  /** The `next_cursor` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** Conversations as one user finds them: with markers, unread counts and the newest message. */
export interface InboxService {
  /** The conversations that `userId` may see, the latest written in first. */
  list(userId: number, options: ListOptions): Promise<ConversationsPage>;
  /** One of them; NOT_FOUND for a stranger just as for one that does not exist. */
  get(userId: number, conversationId: number): Promise<ConversationState>;
  /** How far the user has read one, without all the rest. */
  readState(userId: number, conversationId: number): Promise<ReadState>;
  /** All that a client shows first, as of one place in the log. */
  bootstrap(userId: number): Promise<Bootstrap>;
}

const defaultLimit = 50;

export function createInboxService({ snapshot, presence }: InboxDeps): InboxService {
  async function page(db: Kysely<Database>, userId: number, { cursor, limit = defaultLimit }: ListOptions) {
    const after = cursor === undefined ? undefined : parseActivity(cursor);
    const rows = await listVisibleConversations(db, userId, after, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      conversations: await conversationStates(db, userId, shown),
      next_cursor: rows.length > limit && last ? formatActivity(last) : null,
    };
  }

  return {
    list: (userId, options) => snapshot((db) => page(db, userId, options)),

    get: (userId, conversationId) =>
      snapshot(async (db) => {
        const { conversation } = await requirePlace(db, userId, conversationId);
        const [state] = await conversationStates(db, userId, [conversation]);
        if (!state) throw new DomainError("NOT_FOUND");
        return state;
      }),

    readState: (userId, conversationId) =>
      snapshot(async (db) => {
        await requirePlace(db, userId, conversationId);
        const place = (await readInbox(db, userId, [conversationId])).get(conversationId);
        return { conversation_id: conversationId, ...markerOf(place) };
      }),

    async bootstrap(userId) {
      const stored = await snapshot(async (db) => {
        const user = await findUser(db, userId);
        if (!user) throw new DomainError("UNAUTHORIZED");
        return {
          user: selfView(user),
          ...(await page(db, userId, { limit: limits.bootstrapConversations })),
          unread_total: await countUnread(db, userId),
          cursor: formatCursor(await readLogState(db)),
        };
      });
      const people = new Set(
        stored.conversations.flatMap(({ members }) => members.map((one) => one.user_id)),
      );
      return { ...stored, online_user_ids: presence.onlineUsers().filter((id) => people.has(id)) };
    },
  };
}

/** `activity:id`, opaque to clients. */
function formatActivity({ activity_at, id }: ConversationRow): string {
  return `${activity_at}:${id}`;
}

/** Reads a cursor that has passed the contract's pattern. */
function parseActivity(cursor: string): ActivityCursor {
  const [activityAt = 0, id = 0] = cursor.split(":").map(Number);
  return { activityAt, id };
}
