import { CauserieError } from "../errors.ts";
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

  function tell(change: SessionChange): void {
    for (const listener of [...listeners]) listener(change);
  }

  return {
    userId: () => userId,
    lost: () => lost,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
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
