import { sql, type Kysely } from "kysely";
import type { Database } from "../db/database.ts";
import { engineOf } from "../db/engine.ts";
import { everyone, onlyUser } from "./audience.ts";
import type { LogEntry } from "./log-reader.ts";

/** An entry that a user may see, unless it is about a message up to `since_seq`. */
export interface VisibleEntry extends LogEntry {
  readonly since_seq: number;
}

/** What is asked of the log: the first `limit` entries after `position` that `userId` may see. */
interface Question {
  readonly userId: number;
  readonly position: number;
  readonly limit: number;
}

/**
 * The entries after `position` that `userId` may see, oldest first. Of each of the user's audiences the index
 * is asked for the next entry, and only those with the earliest are read on, so that the cost follows what
 * the user may see: neither the length of the log counts, nor how much each conversation has to tell.
 */
export async function readVisibleLog(
  db: Kysely<Database>,
  userId: number,
  position: number,
  limit: number,
): Promise<VisibleEntry[]> {
  const question = { userId, position, limit };
  const query = engineOf(db) === "sqlite" ? mergeOnSqlite(question) : mergeOnPostgres(question);
  return (await query.execute(db)).rows;
}

/** Every audience that the user belongs to now, and the position after which its events are of interest. */
function audiencesOf({ userId, position }: Question) {
  return sql`
    select cast(${everyone} as text) as audience, cast(${position} as bigint) as after, 0 as since_seq
    union all select cast(${onlyUser(userId)} as text), ${position}, 0
    union all select
      'c:' || conversation_id,
      case when joined_position > ${position} then joined_position - 1 else ${position} end,
      since_seq
    from members where user_id = ${userId}`;
}

const next = (audience: string, position: string) => sql`(
  select min(position) from events
  where audience = ${sql.ref(audience)} and position > ${sql.ref(position)})`;

/**
 * An ordered recursion is a queue by priority: the earliest entry is taken out, and the next of its audience
 * put in. The order of the tables is told by `cross join`, which SQLite keeps.
 */
function mergeOnSqlite(question: Question) {
  return sql<VisibleEntry>`
    with recursive mine (audience, after, since_seq) as (${audiencesOf(question)}),
    found (position, audience, since_seq) as (
      select events.position, mine.audience, mine.since_seq
      from mine cross join events on events.position = ${next("mine.audience", "mine.after")}
      union all
      select events.position, found.audience, found.since_seq
      from found cross join events on events.position = ${next("found.audience", "found.position")}
      order by 1
      limit ${question.limit}
    )
    select events.*, found.since_seq
    from found cross join events on events.position = found.position
    order by found.position`;
}

/**
 * Where `limit` audiences have an entry each, those are enough for the page: nothing after the last of them is
 * in it, and of no other audience anything.
 */
function mergeOnPostgres(question: Question) {
  const { limit } = question;
  return sql<VisibleEntry>`
    with mine (audience, after, since_seq) as (${audiencesOf(question)}),
    earliest as materialized (
      select mine.audience, mine.since_seq, first.position
      from mine
      cross join lateral (
        select position from events
        where events.audience = mine.audience and events.position > mine.after
        order by position
        limit 1
      ) as first
      order by first.position
      limit ${limit}
    )
    select entries.*, earliest.since_seq
    from earliest
    cross join lateral (
      select * from events
      where events.audience = earliest.audience
        and events.position >= earliest.position
        and events.position <= (
          select case when count(*) < ${limit} then ${Number.MAX_SAFE_INTEGER} else max(position) end from earliest
        )
      order by events.position
      limit ${limit}
    ) as entries
    order by entries.position
    limit ${limit}`;
}
