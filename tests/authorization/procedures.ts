import { appRouter } from "../../packages/server/src/rpc/app-router.ts";
import { restRoutes, type RestRoute } from "../../packages/server/src/transports/rest/rest-routes.ts";

/** What these tests need of a zod schema. */
export interface Schema {
  readonly _zod: { readonly def: Record<string, unknown> & { readonly type: string } };
}

/** A procedure as the router has it. */
export interface Procedure {
  readonly name: string;
  readonly type: "query" | "mutation" | "subscription";
  readonly inputs: readonly Schema[];
  readonly output: Schema | undefined;
  readonly route: RestRoute | undefined;
}

/** tRPC keeps a procedure's schemas at run time, but not in its types. */
type Definitions = Record<string, { readonly _def: Pick<Procedure, "type" | "inputs" | "output"> }>;

const routes = new Map(restRoutes(appRouter).map((route) => [route.procedure, route]));

/** Every procedure of the router, by its name. */
export const procedures: ReadonlyMap<string, Procedure> = new Map(
  Object.entries(appRouter._def.procedures as unknown as Definitions).map(([name, { _def }]) => {
    const { type, inputs, output } = _def;
    return [name, { name, type, inputs, output, route: routes.get(name) }];
  }),
);

export function procedureNamed(name: string): Procedure {
  const procedure = procedures.get(name);
  if (!procedure) throw new Error(`No procedure is called ${name}`);
  return procedure;
}
