import { CauserieError } from "../errors.ts";
import { listen } from "../lib/listen.ts";
import type { AuthLostReason, Session, SessionChange } from "./session.ts";

/** Who is signed in, or why nobody is, and who listens: what all kinds of sessions have. */
export interface Identity extends Pick<Session, "userId" | "lost" | "onChange"> {
  tell(change: SessionChange): void;
  found(userId: number): void;
  lose(reason: AuthLostReason): void;
}

export function createIdentity(): Identity {
  let userId: number | undefined;
  let lost: AuthLostReason | undefined;
  const listeners = new Set<(change: SessionChange) => void>();

  const tell = (change: SessionChange) => [...listeners].forEach((listener) => listener(change));

  return {
    userId: () => userId,
    lost: () => lost,
    onChange: (listener) => listen(listeners, listener),
    tell,
    found(id) {
      userId = id;
      lost = undefined;
      tell({ type: "signed_in", userId: id });
    },
    lose(reason) {
      userId = undefined;
      if (lost === reason) return;
      lost = reason;
      tell({ type: "lost", reason });
    },
  };
}

export function isRefusal(cause: unknown): boolean {
  return cause instanceof CauserieError && cause.code === "UNAUTHORIZED";
}
