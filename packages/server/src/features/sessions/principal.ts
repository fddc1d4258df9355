/** Who makes a call, as proved by an access token whose session was alive when it was checked. */
export interface Principal {
  readonly userId: number;
  readonly sessionId: string;
  readonly tokenId: string;
  /** When the access token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
}
