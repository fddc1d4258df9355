import type { ConnectionState } from "../../packages/client/src/connection/connection-state.ts";
import type { Link } from "../../packages/client/src/connection/link.ts";
import type { Connection } from "../../packages/client/src/connection/connection.ts";

/** A connection whose link and state are what a test says. */
export interface HandMadeConnection {
  readonly connection: Pick<Connection, "getSnapshot" | "subscribe" | "link" | "onLink">;
  /** Puts a link in place, or takes it away. */
  use(link: Link | undefined): void;
  /** Goes into a state; its link is gone with it. */
  enter(state: ConnectionState): void;
  /** How many listeners there are. */
  readonly listeners: () => number;
}

export const waiting = {
  state: "connecting",
  phase: "waiting",
  attempt: 0,
  retryAt: null,
  lastError: null,
} as const satisfies ConnectionState;

export function createHandMadeConnection(): HandMadeConnection {
  let state: ConnectionState = waiting;
  let current: Link | undefined;
  const ofState = new Set<() => void>();
  const ofLink = new Set<(link: Link | undefined) => void>();

  function use(link: Link | undefined): void {
    current = link;
    for (const listener of [...ofLink]) listener(link);
  }

  return {
    connection: {
      getSnapshot: () => state,
      subscribe(listener) {
        ofState.add(listener);
        return () => ofState.delete(listener);
      },
      link: () => current,
      onLink(listener) {
        ofLink.add(listener);
        if (current) listener(current);
        return () => ofLink.delete(listener);
      },
    },
    use,
    enter(next) {
      state = next;
      for (const listener of [...ofState]) listener();
      if (current) use(undefined);
    },
    listeners: () => ofState.size + ofLink.size,
  };
}
