import { sql, type Kysely, type RawBuilder, type SqlBool } from "kysely";
import type { Database } from "./database.ts";
import { engineOf } from "./engine.ts";

/**
 * The condition that `column` is one of `ids`. They are bound as one value, so that the statement reads the
 * same however many there are, and is compiled once.
 */
export function oneOf(db: Kysely<Database>, column: string, ids: readonly number[]): RawBuilder<SqlBool> {
  const value = sql.ref(column);
  return engineOf(db) === "postgres"
    ? sql`${value} = any(${ids}::bigint[])`
    : sql`${value} in (select value from json_each(${JSON.stringify(ids)}))`;
}

/** The ids as a table of one column, `id`; likewise one value. */
export function tableOf(db: Kysely<Database>, ids: readonly number[]): RawBuilder<{ id: number }> {
  return engineOf(db) === "postgres"
    ? sql`(select id from unnest(${ids}::bigint[]) as listed (id))`
    : sql`(select value as id from json_each(${JSON.stringify(ids)}))`;
}
