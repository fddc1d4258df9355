import type { ConnectionState } from "./connection-state.ts";
import type { Link } from "./link.ts";

/** The one connection of a client: made, kept and made again. */
export interface Connection {
  getSnapshot(): ConnectionState;
  /** Called after each change. Returns what stops it. */
  subscribe(listener: () => void): () => void;
  /** Asks for the connection; also after `disconnect` and a `closed` that came from the server. */
  connect(): void;
  /** Something needs the connection: asks for it, but where the app has let it go or the server has closed it. */
  want(): void;
  /** Lets it go until `connect`. */
  disconnect(): void;
  /** Ends it for good. */
  close(): void;
  /** The link, in the phase `catching_up` and in `online`: what goes out may use it. */
  link(): Link | undefined;
  /** Calls `listener` whenever there is a link to use, at once if there is; and `undefined` when it is gone. */
  onLink(listener: (link: Link | undefined) => void): () => void;
}
