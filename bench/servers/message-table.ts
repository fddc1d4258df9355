import SqliteDatabase from "better-sqlite3";

/** A message as the servers compared with store and deliver it. */
export interface StoredMessage {
  readonly type: "new_message";
  readonly id: number;
  readonly content: string;
  readonly sender_id: number;
  readonly receiver_id: number;
  readonly created_at: string;
  readonly client_message_id: string;
}

export type NewMessage = Omit<StoredMessage, "type" | "id" | "created_at">;

/** The table of a plain back end, and one insert, which is one commit, for each message. */
export function openMessageTable(path: string, synchronous: string) {
  const database = new SqliteDatabase(path);
  database.pragma("journal_mode = WAL");
  database.pragma(`synchronous = ${synchronous}`);
  database.exec(`create table if not exists messages (
    id integer primary key,
    sender_id integer not null,
    receiver_id integer not null,
    content text not null,
    created_at text not null
  )`);
  database.exec("create index if not exists messages_by_receiver on messages (receiver_id)");
  const insert = database.prepare(
    "insert into messages (sender_id, receiver_id, content, created_at) values (?, ?, ?, ?)",
  );

  return function store({ sender_id, receiver_id, content, client_message_id }: NewMessage): StoredMessage {
    const created_at = new Date().toISOString();
    const id = Number(insert.run(sender_id, receiver_id, content, created_at).lastInsertRowid);
    return { type: "new_message", id, content, sender_id, receiver_id, created_at, client_message_id };
  };
}
