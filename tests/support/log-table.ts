import type { TestServer } from "./test-server.ts";

/** An entry of the log as it is stored, whoever may see it. */
export interface LogRow {
  readonly position: number;
  readonly type: string;
  readonly audience: string;
  readonly subject_id: number;
  readonly member_id: number | null;
}

/** The whole log of a running server, read beside it: what deliveries are judged by. */
export async function readLogTable(server: TestServer): Promise<LogRow[]> {
  const sql = "select position, type, audience, subject_id, member_id from events order by position";
  return (await server.storage.query(sql)) as unknown as LogRow[];
}
