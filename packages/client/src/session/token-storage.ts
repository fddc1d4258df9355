/** A session that is held with tokens, as it is kept: one value, written whole. */
export interface StoredSession {
  readonly user_id: number;
  readonly access_token: string;
  readonly refresh_token: string;
  /** When the tokens came, by the local clock, in milliseconds. */
  readonly received_at: number;
  /** The seconds that the access token lives. */
  readonly expires_in: number;
  /** The name of the refresh that was begun with these tokens, and whose answer has not come. */
  readonly attempt_id?: string;
}

/** Where tokens are kept: `memoryStorage()`, `localStorageStorage({ key })`, or one of the app's own. */
export interface TokenStorage {
  /** What is stored, if anything is. */
  read(): StoredSession | undefined | Promise<StoredSession | undefined>;
  /** Replaces what is stored. */
  write(session: StoredSession): void | Promise<void>;
  /** Forgets what is stored. */
  clear(): void | Promise<void>;
  /**
   * Only where others, such as other tabs, may change it too: calls `listener` after they did. Returns what stops it.
   */
  watch?(listener: () => void): () => void;
}
