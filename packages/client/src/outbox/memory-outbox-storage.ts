import type { OutboxItem, OutboxStorage, OutboxUser } from "./outbox.ts";

/** Keeps items as long as the program runs. */
export function memoryOutboxStorage(): OutboxStorage {
  const users = new Map<string, Map<string, OutboxItem>>();

  function itemsOf({ server, userId }: OutboxUser): Map<string, OutboxItem> {
    const key = `${userId} ${server}`;
    const items = users.get(key) ?? new Map<string, OutboxItem>();
    users.set(key, items);
    return items;
  }

  return {
    isShared: false,
    load: async (user) => [...itemsOf(user).values()],
    put: async (user, item) => void itemsOf(user).set(item.clientMessageId, item),
    remove: async (user, id) => void itemsOf(user).delete(id),
  };
}
