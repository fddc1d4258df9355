import type { OutboxItem, OutboxStorage } from "./outbox.ts";

export interface IndexedDbOutboxOptions {
  /** The name of the database, one for all servers and users; `causerie-outbox` unless given. */
  readonly name?: string;
}

const table = "items";
const weekMs = 7 * 24 * 60 * 60_000;

/** Keeps items in IndexedDB, where all tabs of an origin see them and a reload finds them. */
export function indexedDbOutbox({ name = "causerie-outbox" }: IndexedDbOutboxOptions = {}): OutboxStorage {
  let opened: Promise<IDBDatabase> | undefined;

  function open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table).createIndex("at", "createdAt");
      request.onerror = () => reject(request.error ?? new Error("IndexedDB failed."));
      request.onsuccess = () => {
        const db = request.result;
        // A tab with a newer version wants to upgrade, somebody to delete it, or the browser has closed it.
        db.onversionchange = db.onclose = () => {
          db.close();
          opened = undefined;
        };
        resolve(db);
      };
    });
  }

  async function begin(durability: IDBTransactionDurability): Promise<IDBTransaction> {
    return (await (opened ??= open())).transaction(table, "readwrite", { durability });
  }

  async function run<Result>(
    durability: IDBTransactionDurability,
    work: (items: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result> {
    const transaction = await begin(durability).catch(() => {
      // Browsers close connections of sleeping pages without a word. A second failure is told.
      opened = undefined;
      return begin(durability);
    });
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(table));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB failed."));
    });
  }

  return {
    isShared: true,
    load: ({ server, userId }) =>
      run("relaxed", (items) => {
        const old = items.index("at").getAllKeys(IDBKeyRange.upperBound(Date.now() - weekMs));
        old.onsuccess = () => {
          for (const key of old.result) {
            const [ofServer, ofUser] = key as IDBValidKey[];
            if (ofServer !== server || ofUser !== userId) items.delete(key);
          }
        };
        // An array sorts after every text.
        const all = IDBKeyRange.bound([server, userId], [server, userId, []]);
        return items.getAll(all) as IDBRequest<OutboxItem[]>;
      }),
    // Only what has reached the disk may be sent. What was removed and is there again does no harm.
    put: async ({ server, userId }, item) => {
      await run("strict", (items) => items.put(item, [server, userId, item.clientMessageId]));
    },
    remove: ({ server, userId }, id) => run("relaxed", (items) => items.delete([server, userId, id])),
    async close() {
      const db = await opened?.catch(() => undefined);
      opened = undefined;
      db?.close();
    },
  };
}
