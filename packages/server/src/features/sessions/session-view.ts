import type { Session } from "@causerie/shared";
import { isoTime } from "../../lib/clock.ts";
import type { SessionRow } from "./sessions.repository.ts";

/** A session as its user sees it, asked through the session `currentId`. */
export function sessionView(row: SessionRow, currentId: string): Session {
  return {
    id: row.id,
    device: row.device,
    kind: row.kind,
    created_at: isoTime(row.created_at),
    last_used_at: isoTime(row.last_used_at),
    expires_at: isoTime(row.expires_at),
    current: row.id === currentId,
  };
}
