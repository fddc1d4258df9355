import type { Database } from "../../packages/server/src/db/database.ts";
import type { TestServer } from "../support/test-server.ts";

/** What a running server keeps, seen beside it. */
export interface Stored extends AsyncDisposable {
  /** All of it, to be compared with what is kept later. */
  snapshot(): Promise<Readonly<Record<string, readonly object[]>>>;
  /** Makes a user one of those who run the server. */
  makeOperator(userId: number): Promise<void>;
}

/** What tells the rows of each table apart; tsc knows when a table is missing. */
const keys: { readonly [table in keyof Database]: readonly (keyof Database[table])[] } = {
  users: ["id"],
  sessions: ["id"],
  revoked_tokens: ["id"],
  conversations: ["id"],
  members: ["conversation_id", "user_id"],
  messages: ["id"],
  log_head: ["id"],
  events: ["position"],
};

/** Opens what `server` keeps. */
export async function openStored({ storage }: TestServer): Promise<Stored> {
  const { readDb, writeDb, close } = await storage.open();
  return {
    async snapshot() {
      const tables = Object.entries(keys).map(async ([table, columns]): Promise<[string, object[]]> => {
        const rows = readDb.selectFrom(table as keyof Database).selectAll();
        const inOrder = columns.reduce((query, column) => query.orderBy(column as never), rows);
        return [table, await inOrder.execute()];
      });
      return Object.fromEntries(await Promise.all(tables));
    },
    async makeOperator(userId) {
      await writeDb.updateTable("users").set({ is_admin: 1 }).where("id", "=", userId).execute();
    },
    [Symbol.asyncDispose]: close,
  };
}
