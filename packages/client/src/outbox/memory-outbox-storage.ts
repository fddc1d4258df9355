import type { OutboxItem, OutboxStorage, OutboxUser } from "./outbox.ts";

/** Keeps items as long as the program runs. */
export function memoryOutboxStorage(): OutboxStorage {
  const items = new Map<string, OutboxItem>();
  const keyOf = ({ server, userId }: OutboxUser, id: string) => [server, userId, id].join(" ");

  return {
    isShared: false,
    load: async (user) =>
      [...items].flatMap(([key, item]) => (key.startsWith(keyOf(user, "")) ? [item] : [])),
    put: async (user, item) => void items.set(keyOf(user, item.clientMessageId), item),
    remove: async (user, id) => void items.delete(keyOf(user, id)),
  };
}
