import { createSession } from "../../packages/client/src/session/create-session.ts";
import { localStorageStorage } from "../../packages/client/src/session/local-storage.ts";
import type { SessionChange, Session } from "../../packages/client/src/session/session.ts";
import { systemClock } from "../../packages/client/src/platform/clock.ts";
import { sessionCalls } from "./session-calls.ts";

/** What a page has after this file ran in it. */
export interface SessionInPage {
  readonly session: Session;
  readonly changes: SessionChange[];
}

const changes: SessionChange[] = [];
const session = createSession({
  calls: sessionCalls("/"),
  storage: localStorageStorage({ key: "session" }),
  serverKey: location.origin,
  onStorageError: (cause) => {
    throw cause;
  },
  platform: {
    clock: systemClock,
    random: Math.random,
    locks: {
      areShared: true,
      hold: async (name, work, signal) =>
        await navigator.locks.request(name, signal ? { signal } : {}, () => work()),
    },
  },
});
session.onChange((change) => changes.push(change));
Object.assign(globalThis, { inPage: { session, changes } satisfies SessionInPage });
