/** Who makes a call, as proved by a token or cookie whose session was alive when it was checked. */
export interface Principal {
  readonly userId: number;
  readonly sessionId: string;
  /** The access token's id; null when a browser's cookie proved it. Moves like `expiresAt`. */
  tokenId: string | null;
  /**
   * When the proof expires, in milliseconds since the epoch. On a socket `auth.renew` moves it,
   * for everything that runs there: whoever waits for it must look again.
   */
  expiresAt: number;
}
