import { CauserieError, type CauserieErrorCode } from "../errors.ts";
import type { Loss } from "./link.ts";

/** Where there was no close code. */
const lost = 1006;

/** How a socket ended. */
export function socketLoss(code = lost, reason = "", cause?: unknown): Loss {
  const error = new CauserieError("NETWORK", reason || "The connection was lost.", { cause });
  return { transport: "websocket", code, error };
}

const meanings: Readonly<Record<number, CauserieErrorCode>> = {
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  429: "RATE_LIMITED",
  503: "OVERLOADED",
};

/** A handshake was answered with a status. */
export function handshakeLoss(status: number): Loss {
  const error = new CauserieError(meanings[status] ?? "BAD_RESPONSE", "The connection was refused.", {
    status,
  });
  return { ...socketLoss(), status, error };
}
