import { call, type CallOptions } from "../call.ts";
import type { Conversation, Inputs, Page, Trpc } from "../types.ts";

/** Conversations: of two people, of groups, and the public one. */
export interface Conversations {
  /** Those the caller is in and the public ones, oldest first. Without paging the newest 1,000. */
  list(input?: Page, options?: CallOptions): Promise<Conversation[]>;
  /** One conversation. `NOT_FOUND` for strangers, as if it did not exist. */
  get(input: Inputs["conversations"]["get"], options?: CallOptions): Promise<Conversation>;
}

export function createConversations({ conversations }: Trpc): Conversations {
  return {
    list: (input = {}, options) => call(conversations.list.query(input, options), options),
    get: (input, options) => call(conversations.get.query(input, options), options),
  };
}
