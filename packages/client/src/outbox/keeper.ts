import type { Clock } from "../platform/clock.ts";
import type { Entry } from "./entry.ts";
import type { OutboxItem, OutboxStorage, OutboxUser } from "./outbox.ts";

/** Keeps items in a storage that may fail: then they are in memory only. */
export interface Keeper {
  /** Writes what holds of the item, or removes it when it is gone. */
  save(entry: Entry): void;
  /** Undefined when the storage failed. */
  load(user: OutboxUser): Promise<readonly OutboxItem[] | undefined>;
  /** Removes whatever is stored of a user, whoever has put it there. */
  clear(user: OutboxUser): Promise<unknown>;
}

export interface KeeperDeps {
  readonly server: string;
  readonly storage: OutboxStorage;
  readonly clock: Clock;
  /** It stores nothing, from now on. */
  readonly onFailure: (error: unknown) => void;
  /** An item could not be stored. */
  readonly onPrivate: () => void;
}

/** Browsers have been seen to never answer. */
const patienceMs = 10_000;

export function createKeeper({ server, storage, clock, onFailure, onPrivate }: KeeperDeps): Keeper {
  let hasFailed = false;

  async function guarded<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    let stop: (() => void) | undefined;
    try {
      const late = new Promise<never>((_resolve, reject) => {
        stop = clock.after(patienceMs, () => reject(new Error("The outbox's storage does not answer.")));
      });
      const result = await Promise.race([work(), late]);
      hasFailed = false;
      return result;
    } catch (error) {
      if (!hasFailed) onFailure(error);
      hasFailed = true;
      return undefined;
    } finally {
      stop?.();
    }
  }

  async function write(entry: Entry): Promise<void> {
    const { item, isGone } = entry;
    const target = isGone ? null : item;
    // It was written with an earlier change, or it is not known yet whose it is.
    if (target === entry.asked || !item.userId) return;
    entry.asked = target;
    const user = { server, userId: item.userId };
    const isDone = await guarded(async () => {
      await (target ? storage.put(user, target) : storage.remove(user, item.clientMessageId));
      entry.stored = target;
      return true;
    });
    entry.isPrivate = !isDone;
    if (!isDone) onPrivate();
  }

  return {
    save(entry) {
      // A removal is asked for at once: nobody who reads from now on finds it. Changes of one turn are one write.
      const written = entry.isGone ? write(entry) : entry.ready.then(() => write(entry));
      entry.saved = Promise.all([entry.saved, written]);
    },
    load: (user) => guarded(() => storage.load(user)),
    clear: (user) =>
      guarded(async () => {
        const items = await storage.load(user);
        await Promise.all(items.map(({ clientMessageId: id }) => storage.remove(user, id)));
      }),
  };
}
