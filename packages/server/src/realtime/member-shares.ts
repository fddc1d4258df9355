import type { LogEntry } from "../log/log-reader.ts";
import type { Share } from "./placed-event.ts";

/** The members of a conversation, and from where on it is theirs. */
export type Shares = readonly (Share & { readonly user_id: number })[];

/** Remembers who is in which conversation, for as long as the log says nothing else. */
export interface MemberShares {
  get(conversationId: number): Shares | undefined;
  set(conversationId: number, shares: Shares): void;
  /** Forgets what an entry of the log may have changed. */
  heed(entry: Pick<LogEntry, "type" | "subject_id">): void;
}

/** So many members are remembered, of however many conversations: some megabytes. */
const capacity = 50_000;

/**
 * Everything that changes who is in a conversation is in the log, and its reader meets it in order:
 * what was loaded as of one position holds until an entry behind that says otherwise.
 */
export function createMemberShares(): MemberShares {
  const known = new Map<number, Shares>();
  let members = 0;

  function forget(conversationId: number): void {
    members -= known.get(conversationId)?.length ?? 0;
    known.delete(conversationId);
  }

  return {
    get: (conversationId) => known.get(conversationId),

    set(conversationId, shares) {
      forget(conversationId);
      known.set(conversationId, shares);
      members += shares.length;
      for (const oldest of known.keys()) {
        if (members <= capacity || oldest === conversationId) break;
        forget(oldest);
      }
    },

    heed({ type, subject_id }) {
      if (type.startsWith("member.") || type === "conversation.created") forget(subject_id);
    },
  };
}
