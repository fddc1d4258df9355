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
    opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      let isRefused = false;
      const refuse = (error: Error | null) => {
        isRefused = true;
        opened = undefined;
        reject(error ?? new Error("There is no IndexedDB."));
      };
      request.onupgradeneeded = () => request.result.createObjectStore(table).createIndex("at", "createdAt");
      request.onerror = () => refuse(request.error);
      // A tab with an older version does not let go. Messages need not wait for it.
      request.onblocked = () => refuse(new Error("Another tab holds the outbox."));
      request.onsuccess = () => {
        const db = request.result;
        const letGo = () => {
          db.close();
          opened = undefined;
        };
        // Another tab wants to upgrade or to delete it; or the browser has closed it.
        db.onversionchange = db.onclose = letGo;
        if (isRefused) db.close();
        resolve(db);
      };
    });
    return opened;
  }

  async function begin(durability: IDBTransactionDurability): Promise<IDBTransaction> {
    return (await open()).transaction(table, "readwrite", { durability });
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
      transaction.onabort = () => reject(transaction.error ?? new Error("The outbox could not be stored."));
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
        return items.getAll(IDBKeyRange.bound([server, userId], [server, userId, []])) as IDBRequest<
          OutboxItem[]
        >;
      }),
    // Only what has reached the disk may be sent. What was removed and is there again does no harm.
    put: async ({ server, userId }, item) =>
      void (await run("strict", (items) => items.put(item, [server, userId, item.clientMessageId]))),
    remove: ({ server, userId }, id) => run("relaxed", (items) => items.delete([server, userId, id])),
    async close() {
      const db = await opened?.catch(() => undefined);
      opened = undefined;
      db?.close();
    },
  };
}
