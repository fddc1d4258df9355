import type { Clock } from "../platform/clock.ts";
import type { Entry } from "./entry.ts";
import type { OutboxItem, OutboxStorage, OutboxUser } from "./outbox.ts";

/** Keeps items in a storage that may fail: then they are in memory only. */
export interface Keeper {
  /** Writes what holds of the item when its turn comes, or removes it when it is gone. */
  save(entry: Entry): void;
  /** Undefined when the storage failed. */
  load(user: OutboxUser): Promise<readonly OutboxItem[] | undefined>;
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
    const { item, isGone, stored } = entry;
    // The turn before wrote it already, or it is not known yet whose it is.
    if ((isGone ? null : item) === stored || !item.userId) return;
    const user = { server, userId: item.userId };
    entry.stored ??= null;
    const isDone = await guarded(async () => {
      if (isGone) await storage.remove(user, item.clientMessageId);
      else await storage.put(user, item);
      entry.stored = isGone ? null : item;
      return true;
    });
    entry.isPrivate = !isDone;
    if (!isDone) onPrivate();
  }

  return {
    save(entry) {
      entry.saved = entry.saved.then(() => write(entry));
    },
    load: (user) => guarded(() => storage.load(user)),
  };
}
