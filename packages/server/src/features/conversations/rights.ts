import type { MemberRole } from "@causerie/shared";
import type { Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { DomainError } from "../../lib/domain-error.ts";
import { findVisibleConversation, type ConversationRow } from "./conversations.repository.ts";
import { findUser } from "../users/index.ts";
import { findMember, type MemberRow } from "./members.repository.ts";

/** A conversation with the caller's place in it; a reader of a public one may have none. */
export interface Place {
  readonly conversation: ConversationRow;
  readonly member: MemberRow | undefined;
}

/** Finds a conversation for a caller; undefined for a stranger just as when there is none. */
export async function findPlace(
  db: Kysely<Database>,
  userId: number,
  conversationId: number,
): Promise<Place | undefined> {
  const conversation = await findVisibleConversation(db, userId, conversationId);
  return conversation && { conversation, member: await findMember(db, conversationId, userId) };
}

/** The same, or NOT_FOUND. */
export async function requirePlace(
  db: Kysely<Database>,
  userId: number,
  conversationId: number,
): Promise<Place> {
  const place = await findPlace(db, userId, conversationId);
  if (!place) throw new DomainError("NOT_FOUND", { message: "There is no such conversation." });
  return place;
}

/** Refuses what a direct conversation does not have: a name, roles, people who come and go. */
export function requireNotDirect({ kind }: ConversationRow): void {
  if (kind === "direct") {
    throw new DomainError("FORBIDDEN", { message: "A direct conversation stays as it is." });
  }
}

/** Refuses to add people to, and remove them from, what is open to everybody. */
export function requireGroup(conversation: ConversationRow): void {
  requireNotDirect(conversation);
  if (conversation.kind !== "group") {
    throw new DomainError("FORBIDDEN", {
      message: "People join and leave a public conversation themselves.",
    });
  }
}

const rank: Readonly<Record<MemberRole, number>> = { owner: 2, admin: 1, member: 0 };

/** Whether a member of role `role` outranks one of role `other`; owners outrank each other. */
export function outranks(role: MemberRole, other: MemberRole): boolean {
  return role === "owner" || rank[role] > rank[other];
}

/** Whoever may change a conversation for all: its owners and admins; in public also who runs the server. */
export async function requireEditor(db: Kysely<Database>, userId: number, place: Place): Promise<void> {
  if (place.conversation.kind === "public" && (await findUser(db, userId))?.is_admin === 1) return;
  requireRole(place, "admin");
}

/** Refuses members below `role`. */
export function requireRole({ member }: Place, role: MemberRole): MemberRow {
  if (!member || rank[member.role] < rank[role]) {
    const who = role === "owner" ? "Only an owner" : "Only an owner or admin";
    throw new DomainError("FORBIDDEN", { message: `${who} of the conversation may do this.` });
  }
  return member;
}
