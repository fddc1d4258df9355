import argon2 from "argon2";
import PQueue from "p-queue";
import { DomainError } from "./domain-error.ts";

/** Stores and checks passwords, a few at a time. */
export interface PasswordHasher {
  /** The hash to store, with its salt and cost. OVERLOADED when too many wait. */
  hash(password: string): Promise<string>;
  /** Whether `password` is the one behind `hash`. OVERLOADED when too many wait. */
  verify(hash: string, password: string): Promise<boolean>;
  /** Takes as long as `verify` and is always false: for accounts that do not exist. */
  verifyNothing(password: string): Promise<false>;
  /** How many are being worked on, and how many wait for their turn. */
  load(): { readonly running: number; readonly waiting: number };
}

export interface PasswordCost {
  readonly type: typeof argon2.argon2id;
  /** KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** OWASP's first choice for argon2id. @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const recommended = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** What argon2 allows at least: for tests, which have nothing to protect and many people to sign in. */
export const leastCost = { ...recommended, memoryCost: 8, timeCost: 1 };

/**
 * argon2 runs on the thread pool that file reads and name look-ups share, so only a few
 * run at once, a bounded number wait, and the next is turned away at once.
 */
const running = 2;
const waiting = 32;
const retryAfterMs = 1000;

export async function createPasswordHasher(cost: PasswordCost = recommended): Promise<PasswordHasher> {
  const queue = new PQueue({ concurrency: running });
  const hashOfNothing = await argon2.hash("no account has this password", cost);

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (queue.size >= waiting) {
      throw new DomainError("OVERLOADED", {
        message: "Too many people are signing in at this moment: try again in a second.",
        retryAfterMs,
      });
    }
    return await queue.add(work);
  }

  return {
    hash: (password) => inTurn(() => argon2.hash(password, cost)),
    verify: (hash, password) => inTurn(() => argon2.verify(hash, password)),
    async verifyNothing(password) {
      await inTurn(() => argon2.verify(hashOfNothing, password));
      return false;
    },
    load: () => ({ running: queue.pending, waiting: queue.size }),
  };
}
