import type { Page } from "@causerie/shared";
import { sql, type Kysely } from "kysely";
import type { Database } from "../../db/database.ts";
import { engineOf } from "../../db/engine.ts";
import { readPage, type PageBounds, type PageOf } from "../../db/read-page.ts";
import type { MessageRow } from "./messages.repository.ts";
import { searchSeqs } from "./seq-up-to.ts";

/** What is asked of the messages: those of which person, where the public ones are, and which part. */
interface Question {
  readonly userId: number;
  readonly lobbyId: number;
  readonly bounds: PageBounds;
}

/**
 * The direct messages that `userId` sent or received, and what the lobby holds, in the order of their ids. They
 * are read conversation by conversation and merged, so no index by person has to be kept: sends are
 * cheaper for it. The cost follows the page and how many conversations there are, not what they hold.
 */
export async function listForUser(
  db: Kysely<Database>,
  userId: number,
  lobbyId: number,
  page: Page,
): Promise<PageOf<MessageRow>> {
  return await readPage(page, async (bounds) => {
    const question = { userId, lobbyId, bounds };
    const query = engineOf(db) === "sqlite" ? mergeOnSqlite(question) : mergeOnPostgres(question);
    return (await query.execute(db)).rows;
  });
}

/** The tables `mine`, the conversations that count, and `starts`: of each the `seq` where the page may begin. */
function whereToStart({ userId, lobbyId, bounds: { comparison, from } }: Question) {
  const mine = sql`mine (conversation_id, last_seq) as (
    select id, last_seq from conversations where id = ${lobbyId}
    union all
    select conversations.id, conversations.last_seq
    from members cross join conversations
    where members.user_id = ${userId}
      and conversations.id = members.conversation_id and conversations.kind = 'direct'
  )`;
  if (from === Number.MAX_SAFE_INTEGER)
    return sql`${mine}, starts (conversation_id, seq) as (select conversation_id, last_seq from mine)`;
  const seq = comparison === ">" ? sql`low + 1` : sql`low`;
  return sql`${mine},
    ${searchSeqs(sql`mine`, comparison === ">" ? from : from - 1)},
    starts (conversation_id, seq) as (select conversation_id, ${seq} from search where low = high)`;
}

/**
 * An ordered recursion is a queue by priority: the first message is taken out, and the next of its
 * conversation put in. The order of the tables is told by `cross join`, which SQLite keeps.
 */
function mergeOnSqlite(question: Question) {
  const { comparison, direction, limit } = question.bounds;
  const order = sql.raw(direction);
  const nearest = sql.raw(direction === "asc" ? "min" : "max");
  /** The nearest message that is left, from a row of `table` on. */
  const next = (table: string, from: string) => sql`(
    select ${nearest}(seq) from messages
    where conversation_id = ${sql.ref(`${table}.conversation_id`)}
      and seq ${sql.raw(from)} ${sql.ref(`${table}.seq`)}
      and deleted_at is null)`;
  const step = (table: string, from: string) => sql`
    select messages.id, messages.conversation_id, messages.seq
    from ${sql.ref(table)} cross join messages
    where messages.conversation_id = ${sql.ref(`${table}.conversation_id`)}
      and messages.seq = ${next(table, from)}`;
  return sql<MessageRow>`
    with recursive ${whereToStart(question)},
    found (id, conversation_id, seq) as (
      ${step("starts", `${comparison}=`)}
      union all
      ${step("found", comparison)}
      order by 1 ${order}
      limit ${limit}
    )
    select messages.* from found cross join messages where messages.id = found.id
    order by messages.id ${order}`;
}

/** Of each conversation as much as the page has room for, and of all that its first part. */
function mergeOnPostgres(question: Question) {
  const { comparison, direction, limit } = question.bounds;
  const order = sql.raw(direction);
  return sql<MessageRow>`
    with recursive ${whereToStart(question)}
    select part.* from starts cross join lateral (
      select * from messages
      where conversation_id = starts.conversation_id
        and seq ${sql.raw(comparison)}= starts.seq
        and deleted_at is null
      order by seq ${order}
      limit ${limit}
    ) as part
    order by part.id ${order}
    limit ${limit}`;
}
