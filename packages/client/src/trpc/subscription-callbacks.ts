import type { CauserieError } from "../errors.ts";

/** What tRPC's client takes with a subscription. */
export interface SubscriptionCallbacks {
  readonly signal?: AbortSignal | undefined;
  onStarted?(start: { readonly context: undefined }): void;
  onData?(item: unknown): void;
  onStopped?(): void;
  onComplete?(): void;
  onError?(error: CauserieError): void;
  onConnectionStateChange?(state: {
    readonly type: "state";
    readonly state: "connecting" | "pending";
    readonly error: CauserieError | null;
  }): void;
}
