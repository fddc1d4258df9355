import SqliteDatabase from "better-sqlite3";
import type { TestDatabase } from "../../packages/server/src/db/test-database.testing.ts";

/** A database that is being filled behind the back of its server, while that is stopped. */
export interface Filling {
  /** Runs a statement. Returns its rows. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The SQL of a table of one column, `x`, with the numbers from 1 to `count`. */
  numbers(count: number): string;
  /** The SQL of 32 characters at random. */
  readonly random: string;
}

export type Fill = (filling: Filling) => Promise<void>;

/** Fills a file in one transaction, which need not be safe on the way. */
export async function fillSqlite(path: string, work: Fill): Promise<void> {
  const database = new SqliteDatabase(path);
  try {
    database.pragma("synchronous = off");
    database.pragma("cache_size = -400000");
    database.exec("begin");
    await work({
      query: async (sql) => {
        const statement = database.prepare(sql);
        if (statement.reader) return statement.all() as Record<string, unknown>[];
        statement.run();
        return [];
      },
      numbers: (count) =>
        `(with recursive n (x) as (select 1 union all select x + 1 from n where x < ${count}) select x from n) as n`,
      random: "lower(hex(randomblob(16)))",
    });
    database.exec("commit");
    database.pragma("wal_checkpoint(truncate)");
  } finally {
    database.close();
  }
}

/** Fills a database, and lets it know how much there is now, as it would find out by itself in time. */
export async function fillPostgres({ query }: TestDatabase, work: Fill): Promise<void> {
  await work({
    query,
    numbers: (count) => `generate_series(1, ${count}) as n (x)`,
    random: "md5(random()::text)",
  });
  await query("vacuum analyze");
}

/** Moves the head of the log by `count`, and returns where it was. */
export async function takePositions({ query }: Filling, count: number): Promise<number> {
  const [head] = await query(`update log_head set position = position + ${count} returning position`);
  return Number(head?.["position"]) - count;
}

/** Stores the conversation of two with messages and their events, as sends would have. Returns its id. */
export async function fillConversation(
  filling: Filling,
  [one, other]: readonly [number, number],
  count: number,
): Promise<number> {
  const { query, numbers, random } = filling;
  const now = Date.now();
  const start = now - count;
  const [conversation] = await query(`
    insert into conversations (kind, direct_key, last_seq, created_at, activity_at)
    values ('direct', '${one}:${other}', ${count}, ${start}, ${now}) returning id`);
  const id = Number(conversation?.["id"]);
  await query(`
    insert into members (conversation_id, user_id, role, joined_at)
    values (${id}, ${one}, 'member', ${start}), (${id}, ${other}, 'member', ${start})`);
  // Keys come from clients, and so scatter over their index.
  await query(`
    insert into messages
      (conversation_id, seq, sender_id, receiver_id, content, client_message_id, body_hash, created_at)
    select ${id}, x,
      case when x % 2 = 0 then ${one} else ${other} end, case when x % 2 = 0 then ${other} else ${one} end,
      'Bonjour, voici le message ' || x || ' : à demain, comme convenu, devant la gare.',
      ${random}, substr(${random} || ${random}, 1, 43), ${start} + x
    from ${numbers(count)}`);
  const head = await takePositions(filling, count);
  await query(`
    insert into events (position, type, audience, subject_id, created_at)
    select ${head} + seq, 'message.created', 'c:' || conversation_id, id, created_at
    from messages where conversation_id = ${id} order by seq`);
  return id;
}
