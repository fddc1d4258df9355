/** At most `quota` calls in `seconds`, counted from the first of them. */
export interface RateWindow {
  /** As the `RateLimit` headers name it. */
  readonly name: string;
  readonly quota: number;
  readonly seconds: number;
}

/** How often something may be done, and who is counted. */
export interface RateLimitRule {
  /** Who shares a count: callers of one address, a user on all surfaces, or everybody. */
  readonly per: "address" | "user" | "server";
  /** What is counted, for people. */
  readonly counts: string;
  /** A call that finds no room in one window is counted in the next. */
  readonly windows: readonly RateWindow[];
}

/**
 * How often each thing may be done. Procedure calls are counted one by one, whatever carries
 * them: a batch of ten counts ten. Calls refused for their input count too.
 */
export const rateLimits = {
  register: {
    per: "address",
    counts: "sign-ups",
    windows: [{ name: "register", quota: 20, seconds: 3600 }],
  },
  signIn: {
    per: "address",
    counts: "sign-ins, right or wrong",
    windows: [{ name: "sign_in", quota: 20, seconds: 60 }],
  },
  refresh: {
    per: "address",
    counts: "renewals of a token",
    windows: [{ name: "refresh", quota: 60, seconds: 60 }],
  },
  updateMe: {
    per: "user",
    counts: "changes of the profile or the password, which check a password",
    windows: [{ name: "update_me", quota: 20, seconds: 60 }],
  },
  broadcast: {
    per: "user",
    counts: "broadcasts",
    windows: [{ name: "broadcast", quota: 5, seconds: 60 }],
  },
  activity: {
    per: "user",
    counts: "`activity_update` frames, which everybody hears of",
    windows: [{ name: "activity", quota: 20, seconds: 10 }],
  },
  send: {
    per: "user",
    counts: "messages sent: 10 a second, and a reserve of 50 more in a minute",
    windows: [
      { name: "send", quota: 10, seconds: 1 },
      { name: "send_reserve", quota: 50, seconds: 60 },
    ],
  },
  typing: {
    per: "user",
    counts: "words of who types, `typing.set`: twice a second",
    windows: [{ name: "typing", quota: 20, seconds: 10 }],
  },
  body: {
    per: "address",
    counts: "requests that bring a body, whatever they are for",
    windows: [{ name: "body", quota: 500, seconds: 10 }],
  },
  handshake: {
    per: "address",
    counts: "sockets opened",
    windows: [{ name: "handshake", quota: 60, seconds: 10 }],
  },
  allHandshakes: {
    per: "server",
    counts: "sockets opened by all callers together",
    windows: [{ name: "all_handshakes", quota: 500, seconds: 1 }],
  },
} as const satisfies Readonly<Record<string, RateLimitRule>>;
export type RateLimit = keyof typeof rateLimits;

/** After wrong passwords in a row, an account's next sign-in has to wait. Times are in milliseconds. */
export const signInBackoff = {
  /** Wrong passwords that cost no wait. */
  freeFailures: 5,
  /** The wait after the last of them; each further one doubles it. */
  firstWaitMs: 1000,
  longestWaitMs: 15 * 60_000,
  /** After this long without a try, the account starts afresh. */
  forgetAfterMs: 60 * 60_000,
} as const;

/** How many things may be open at once. */
export const connectionLimits = {
  /** Sockets of one kind (`/trpc`, activity, chat), or SSE streams. */
  perUserAndKind: 10,
  /** Subscriptions on all sockets and streams of a user. */
  subscriptionsPerUser: 200,
  /** Sockets of one address that have not said who they are. */
  unauthenticatedPerAddress: 100,
  /** Calls refused with RATE_LIMITED that a socket survives within `refusalsWithinMs`, less one. */
  refusals: 10,
  refusalsWithinMs: 60_000,
} as const;
