import type { CompiledQuery, Compilable, Kysely, QueryExecutor } from "kysely";
import type { Database } from "./database.ts";

/** Stands in a query for a value that is bound when it runs. */
class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Every property is the placeholder of its name. */
const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) });

type Adapter = QueryExecutor["adapter"];

export type PreparedQuery<Values, Row> = (db: Kysely<Database>, values: Values) => Promise<Row[]>;

/**
 * A query that Kysely builds and compiles once for each engine, and that runs with new values: for
 * hot paths, where that costs more than the query itself. `build` uses `values` like any others,
 * each as one bound value; it must not look into them.
 */
export function prepared<Values extends object, Row>(
  build: (db: Kysely<Database>, values: Values) => Compilable<Row>,
): PreparedQuery<Values, Row> {
  const compiled = new WeakMap<Adapter, CompiledQuery<Row>>();

  return async function run(db: Kysely<Database>, values: Values): Promise<Row[]> {
    const { adapter } = db.getExecutor();
    let query = compiled.get(adapter);
    if (!query) {
      query = build(db, placeholders as Values).compile();
      compiled.set(adapter, query);
    }
    const parameters = query.parameters.map((value) =>
      value instanceof Placeholder ? values[value.name as keyof Values] : value,
    );
    const bound: CompiledQuery<Row> = { ...query, parameters };
    return (await db.executeQuery(bound)).rows;
  };
}
