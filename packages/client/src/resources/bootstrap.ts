import type { CallOptions } from "./call-options.ts";
import type { Bootstrap, Trpc } from "../types.ts";

/** All that a client shows first, as of one place in the log. */
export type LoadBootstrap = (options?: CallOptions) => Promise<Bootstrap>;

export function createBootstrap({ bootstrap }: Trpc): LoadBootstrap {
  return (options) => bootstrap.query(undefined, options);
}
