import type { AuthService } from "../features/auth/index.ts";
import type { ConversationsService, MembersService } from "../features/conversations/index.ts";
import type { InboxService } from "../features/inbox/index.ts";
import type { MessagesService } from "../features/messages/index.ts";
import type { PresenceService } from "../features/presence/index.ts";
import type { LiveSessions, Principal, SessionsService } from "../features/sessions/index.ts";
import type { TypingService } from "../features/typing/index.ts";
import type { UsersService } from "../features/users/index.ts";
import type { AddressOf } from "../lib/caller-address.ts";
import type { Clock } from "../lib/clock.ts";
import type { DomainError } from "../lib/domain-error.ts";
import type { InFlight } from "../lib/in-flight.ts";
import type { Random } from "../lib/random.ts";
import type { Tally } from "../lib/tally.ts";
import type { Connection } from "../realtime/connection.ts";
import type { ConnectionLimits } from "../realtime/connection-limits.ts";
import type { EventPages } from "../realtime/event-pages.ts";
import type { EventStreams } from "../realtime/event-stream.ts";
import type { Quota, RateLimits } from "./rate-limits.ts";

/** Everything that procedures may call. */
export interface Services {
  readonly auth: AuthService;
  readonly sessions: SessionsService;
  readonly liveSessions: LiveSessions;
  readonly users: UsersService;
  readonly conversations: ConversationsService;
  readonly members: MembersService;
  readonly inbox: InboxService;
  readonly messages: MessagesService;
  readonly presence: PresenceService;
  readonly typing: TypingService;
  readonly events: EventStreams;
  readonly eventPages: EventPages;
  readonly rateLimits: RateLimits;
  readonly connectionLimits: ConnectionLimits;
  readonly addressOf: AddressOf;
  readonly clock: Clock;
  readonly random: Random;
  readonly inFlight: InFlight;
  /** How calls ended, by procedure and outcome. */
  readonly calls: Tally;
}

/** What a procedure tells the REST surface beyond its result. Other surfaces ignore it. */
export interface Reply {
  /** Instead of the status in the procedure's meta. */
  status?: number;
  /** The next page of a list, for the `Link` header. */
  next?:
    | { readonly rel: "prev"; readonly before: number }
    | { readonly rel: "next"; readonly after: number }
    | { readonly rel: "next"; readonly cursor: string }
    | undefined;
}

/** The cookies of a browser session, as the answer to a call sets them. */
export interface ReplyCookies {
  /** Why this call may not sign in with a cookie, or null. */
  readonly refusal: DomainError | null;
  set(session: { readonly cookie: string; readonly csrfToken: string; readonly lifetimeMs: number }): void;
  /** Takes them back, where the answer's headers can still say so. */
  clear(): void;
}

/** The circumstances of one call, or on a socket of all its calls. */
export interface Context {
  readonly services: Services;
  readonly transport: "http" | "rest" | "ws";
  /** Who calls, when the access token is good, or a cookie that counts. */
  readonly principal: Principal | null;
  /** Why a good cookie does not count; what needs a principal fails with it. */
  readonly cookieRefusal: DomainError | null;
  /** Null on a socket, whose answers have no headers. */
  readonly cookies: ReplyCookies | null;
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
