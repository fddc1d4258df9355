import type { ConnectionEvents } from "./connection/connection-events.ts";
import type { CauserieErrorCode } from "./errors.ts";
import type { OutboxChange } from "./outbox/outbox.ts";
import type { AuthLostReason } from "./session/session.ts";
import type { Gap } from "./store/conversation-store.ts";

/** What a client tells of itself; `docs/protocol/sdk.md` says when. None of it holds a token or the text of a message, but `event`. */
export interface ClientEvents extends ConnectionEvents {
  /** The session goes on with a new token. `expiresIn` is in seconds. */
  token_renewed: { readonly expiresIn: number | null; readonly by: "this_client" | "another_tab" };
  /** Nobody is signed in any more. */
  auth_lost: { readonly reason: AuthLostReason };
  /** Each change of a message on its way. */
  outbox: OutboxChange;
  /** Messages on their way are no longer stored on the device. */
  outbox_volatile: { readonly code: CauserieErrorCode };
  /** Messages were missing after a heartbeat: worth a report of a fault. */
  gap: Gap;
}
