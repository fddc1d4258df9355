/** Who may see an event: everybody, one user, or the members of a conversation. */
export type Audience = "*" | `u:${number}` | `c:${number}`;

export const everyone: Audience = "*";
export const onlyUser = (userId: number): Audience => `u:${userId}`;
export const membersOf = (conversationId: number): Audience => `c:${conversationId}`;

export type ParsedAudience =
  | { readonly kind: "everyone" }
  | { readonly kind: "user"; readonly id: number }
  | { readonly kind: "conversation"; readonly id: number };

export function parseAudience(audience: string): ParsedAudience {
  if (audience === everyone) return { kind: "everyone" };
  const id = Number(audience.slice(2));
  return audience.startsWith("u:") ? { kind: "user", id } : { kind: "conversation", id };
}
