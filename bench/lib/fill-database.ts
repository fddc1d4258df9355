import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import type { DataFolder } from "./data-folder.ts";

/** Stores messages in direct conversations of neighbours, each with its event, as sends would have. */
export function fillDatabase(folder: DataFolder, messages: number): void {
  const database = new SqliteDatabase(join(folder.path, "causerie.db"));
  database.pragma("synchronous = OFF");
  const now = Date.now();
  const pairs = Math.floor(folder.people / 2);
  const perPair = Math.ceil(messages / pairs);

  const conversation = database.prepare(
    "insert into conversations (kind, direct_key, last_seq, created_at, activity_at) values ('direct', ?, ?, ?, ?)",
  );
  const member = database.prepare(
    "insert into members (conversation_id, user_id, role, joined_at) values (?, ?, 'member', ?)",
  );
  const message = database.prepare(
    `insert into messages (conversation_id, seq, sender_id, receiver_id, content, client_message_id, body_hash, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const event = database.prepare(
    `insert into events (position, type, audience, subject_id, created_at) values (?, 'message.created', ?, ?, ?)`,
  );

  database.transaction(() => {
    const conversations = Array.from({ length: pairs }, (_, pair) => {
      const users = [2 * pair + 1, 2 * pair + 2] as const;
      const id = Number(conversation.run(users.join(":"), perPair, now, now).lastInsertRowid);
      for (const user of users) member.run(id, user, now);
      return { id, users };
    });
    let position = 0;
    for (let seq = 1; seq <= perPair; seq += 1) {
      for (const { id, users } of conversations) {
        if (position === messages) break;
        position += 1;
        const [sender, receiver] = seq % 2 === 0 ? users : [users[1], users[0]];
        const content = `Bonjour, voici le message ${position} : à demain, comme convenu, devant la gare.`;
        const hash = String(position).padStart(43, "0");
        const { lastInsertRowid } = message.run(
          id,
          seq,
          sender,
          receiver,
          content,
          `m-${position}`,
          hash,
          now,
        );
        event.run(position, `c:${id}`, lastInsertRowid, now);
      }
    }
    database.prepare("update log_head set position = ?").run(position);
  })();
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}
