import type { Conversation, Page } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import type { PageOf } from "../../db/read-page.ts";
import { DomainError } from "../../lib/domain-error.ts";
import { conversationViews } from "./conversation-view.ts";
import { findVisibleConversation, listVisibleConversations } from "./conversations.repository.ts";

export interface ConversationsService {
  /** The conversations that `userId` is in, and the public ones. */
  list(userId: number, page: Page): Promise<PageOf<Conversation>>;
  /** One of them; NOT_FOUND for a stranger just as for one that does not exist. */
  get(userId: number, conversationId: number): Promise<Conversation>;
}

export function createConversationsService({ db }: { db: Kysely<Database> }): ConversationsService {
  return {
    async list(userId, page) {
      const { items, next } = await listVisibleConversations(db, userId, page);
      return { items: await conversationViews(db, items), next };
    },

    async get(userId, conversationId) {
      const row = await findVisibleConversation(db, userId, conversationId);
      const [view] = row ? await conversationViews(db, [row]) : [];
      if (!view) throw new DomainError("NOT_FOUND", { message: "There is no such conversation." });
      return view;
    },
  };
}
