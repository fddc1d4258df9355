/** What a client does when its socket was closed with a code. */
export type CloseDuty = "reconnect" | "sign_in_again" | "give_up";

export interface CloseCode {
  readonly reason: string;
  readonly duty: CloseDuty;
}

/**
 * The close codes of `/trpc` sockets. The seed's two sockets use 4000 and 4001 and no
 * other code of that range; where these say 4409, 4429 or 4508, they say 1013.
 */
export const closeCodes = {
  1001: { reason: "going away", duty: "reconnect" },
  1009: { reason: "frame too large", duty: "give_up" },
  1012: { reason: "server restarting", duty: "reconnect" },
  1013: { reason: "server overloaded", duty: "reconnect" },
  4400: { reason: "bad protocol", duty: "give_up" },
  4401: { reason: "session ended or expired", duty: "sign_in_again" },
  4403: { reason: "forbidden", duty: "give_up" },
  4408: { reason: "not authenticated in time", duty: "reconnect" },
  4409: { reason: "too many connections", duty: "give_up" },
  4410: { reason: "account gone", duty: "give_up" },
  4429: { reason: "too many calls", duty: "reconnect" },
  4508: { reason: "too slow a reader", duty: "reconnect" },
} as const satisfies Record<number, CloseCode>;

/** The seed's sockets: a bad, expired or revoked token, and an unexpected failure. */
export const compatCloseCodes = { failure: 4000, badToken: 4001 } as const;
