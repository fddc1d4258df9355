/** A promise and what settles it. */
export interface Deferred<Result> {
  readonly promise: Promise<Result>;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Nobody has to handle its rejection. */
export function createDeferred<Result>(): Deferred<Result> {
  let resolve: Deferred<Result>["resolve"] = () => undefined;
  let reject: Deferred<Result>["reject"] = () => undefined;
  const promise = new Promise<Result>((...settle) => ([resolve, reject] = settle));
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
