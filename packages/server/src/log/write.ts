import type { WriteTransaction } from "./write-transaction.ts";

/**
 * A change of the database under a name, so that another thread can make it: what goes in and what
 * comes out are plain data. `work` may run twice before it counts, and may await nothing but
 * queries on `tx.db`: everybody else's writes wait for it.
 */
export interface Write<Input, Result> {
  readonly name: string;
  readonly work: (tx: WriteTransaction, input: Input) => Promise<Result>;
}

/** Names a change of the database. The name is unique in the program; `writes.ts` lists them all. */
export function defineWrite<Input, Result>(
  name: string,
  work: (tx: WriteTransaction, input: Input) => Promise<Result>,
): Write<Input, Result> {
  return { name, work };
}
