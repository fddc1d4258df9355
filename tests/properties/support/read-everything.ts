import type { Bootstrap, ConversationState, Member, Message } from "@causerie/shared";
import { TRPCClientError } from "@trpc/client";
import type { AppRouter, TrpcCalls } from "../../support/trpc.ts";

/** A conversation as the server shows it when asked for all of it. */
export interface WholeConversation {
  readonly state: ConversationState;
  /** Everybody in it, in the order of their ids; of a public one nobody. */
  readonly members: readonly Member[];
  /** What may be read of it, in the order of `seq`. */
  readonly messages: readonly Message[];
}

/** All that the server shows somebody, in the order of the conversations' ids. */
export interface Everything {
  readonly user: Bootstrap["user"];
  readonly unread_total: number;
  readonly conversations: readonly WholeConversation[];
  /** The place in the log that all of it is at least as new as. */
  readonly cursor: string;
}

/** Small pages, so that a few conversations need several. */
const pageSize = 3;

/** Reads a snapshot, then what it leaves out: the other conversations, all messages, all members. */
export async function readEverything(api: TrpcCalls): Promise<Everything> {
  const { user, unread_total, cursor } = await api.bootstrap.query();
  const ids: number[] = [];
  let next: string | null | undefined;
  do {
    const page = await api.conversations.list.query({ limit: pageSize, ...(next ? { cursor: next } : {}) });
    ids.push(...page.conversations.map(({ id }) => id));
    next = page.next_cursor;
  } while (next !== null);

  const conversations: WholeConversation[] = [];
  // A conversation that is written in meanwhile may come on two pages.
  for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
    const whole = await readConversation(api, id);
    if (whole) conversations.push(whole);
  }
  return { user, unread_total, conversations, cursor };
}

/** Reads all of a conversation; undefined when it is not the caller's to see. */
export async function readConversation(api: TrpcCalls, id: number): Promise<WholeConversation | undefined> {
  try {
    const state = await api.conversations.get.query({ conversation_id: id });
    return {
      state,
      members: state.kind === "public" ? [] : await readMembers(api, id),
      messages: await readMessages(api, id),
    };
  } catch (error) {
    if (refusalCode(error) === "NOT_FOUND") return undefined;
    throw error;
  }
}

async function readMembers(api: TrpcCalls, id: number): Promise<Member[]> {
  const members: Member[] = [];
  for (;;) {
    const last = members.at(-1);
    const from = last ? { after: last.user_id } : {};
    const page = await api.conversations.members.list.query({
      ...from,
      conversation_id: id,
      limit: pageSize,
    });
    members.push(...page);
    if (page.length < pageSize) return members;
  }
}

async function readMessages(api: TrpcCalls, id: number): Promise<Message[]> {
  const messages: Message[] = [];
  let after = 0;
  for (;;) {
    const page = await api.conversations.history.query({ conversation_id: id, after, limit: 30 });
    messages.push(...page.messages);
    if (!page.has_newer) return messages;
    after = page.to_seq;
  }
}

/** The code of our error table that a call was refused with; undefined when it failed otherwise. */
export function refusalCode(error: unknown): string | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  return (error as TRPCClientError<AppRouter>).data?.code;
}
