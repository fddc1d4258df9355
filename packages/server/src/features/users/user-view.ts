import type { Self, User } from "@causerie/shared";
import { isoTime } from "../../lib/clock.ts";
import type { UserRow } from "./users.repository.ts";

/** A user as other people see them: no e-mail address, and not whether they run the server. */
export function userView(row: UserRow): User {
  return {
    id: row.id,
    name: row.name,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
  };
}

/** A user as they see themselves. */
export function selfView(row: UserRow): Self {
  return { ...userView(row), email: row.email, is_admin: row.is_admin === 1 };
}
