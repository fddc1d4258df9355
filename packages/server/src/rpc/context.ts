import type { AuthService } from "../features/auth/index.ts";
import type { ConversationsService } from "../features/conversations/index.ts";
import type { MessagesService } from "../features/messages/index.ts";
import type { PresenceService } from "../features/presence/index.ts";
import type { LiveSessions, Principal, SessionsService } from "../features/sessions/index.ts";
import type { UsersService } from "../features/users/index.ts";
import type { AddressOf } from "../lib/caller-address.ts";
import type { Clock } from "../lib/clock.ts";
import type { InFlight } from "../lib/in-flight.ts";
import type { Random } from "../lib/random.ts";
import type { Connection } from "../realtime/connection.ts";
import type { ConnectionLimits } from "../realtime/connection-limits.ts";
import type { EventStreams } from "../realtime/event-stream.ts";
import type { Quota, RateLimits } from "./rate-limits.ts";

/** Everything that procedures may call. */
export interface Services {
  readonly auth: AuthService;
  readonly sessions: SessionsService;
  readonly liveSessions: LiveSessions;
  readonly users: UsersService;
  readonly conversations: ConversationsService;
  readonly messages: MessagesService;
  readonly presence: PresenceService;
  readonly events: EventStreams;
  readonly rateLimits: RateLimits;
  readonly connectionLimits: ConnectionLimits;
  readonly addressOf: AddressOf;
  readonly clock: Clock;
  readonly random: Random;
  readonly inFlight: InFlight;
}

/** What a procedure tells the REST surface beyond its result. Other surfaces ignore it. */
export interface Reply {
  /** Instead of the status in the procedure's meta. */
  status?: number;
  /** The next page of a list, for the `Link` header. */
  next?:
    | { readonly rel: "prev"; readonly before: number }
    | { readonly rel: "next"; readonly after: number }
    | undefined;
}

/** The circumstances of one call, or on a socket of all its calls. */
export interface Context {
  readonly services: Services;
  readonly transport: "http" | "rest" | "ws";
  /** Who calls, when the access token is good. */
  readonly principal: Principal | null;
  /** What the caller is counted by: its network address. */
  readonly address: string;
  /** How the caller's program names itself. */
  readonly device: string | null;
  /** The `Idempotency-Key` of a REST call. */
  readonly idempotencyKey: string | null;
  /** The socket it came over, if it did. */
  readonly connection: Connection | null;
  readonly reply: Reply;
  /** Hears what is left of a limit after the call was counted. */
  readonly showQuota: (quota: Quota) => void;
}
