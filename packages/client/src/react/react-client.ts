import type { Connection } from "../connection/connection.ts";
import type { Stores } from "../store/create-stores.ts";

/** What the hooks need of a client; the one of `createClient` has it. */
export interface ReactClient {
  readonly connection: Pick<Connection, "getSnapshot" | "subscribe">;
  readonly stores: Pick<Stores, "list" | "conversation"> & {
    readonly presence: Pick<Stores["presence"], "of">;
    readonly typing: Pick<Stores["typing"], "of" | "set">;
  };
}
