import { appRouter } from "../../packages/server/src/rpc/app-router.ts";
import { createOpenApiDocument } from "../../packages/server/src/transports/docs/openapi.ts";
import type { Operation } from "../../packages/server/src/transports/docs/document.ts";

/** What these tests need of a zod schema. */
export interface Schema {
  readonly _zod: { readonly def: Record<string, unknown> & { readonly type: string } };
  safeParse(value: unknown): { readonly success: boolean; readonly error?: unknown };
}

/** An operation of the document and the schemas of the procedure behind it. */
export interface DocumentedOperation extends Operation {
  readonly method: string;
  readonly path: string;
  readonly input: Schema | undefined;
  readonly output: Schema;
}

/** tRPC keeps a procedure's schemas at run time, but not in its types. */
type Procedures = Record<string, { readonly _def: { readonly inputs: Schema[]; readonly output: Schema } }>;
const procedures = appRouter._def.procedures as unknown as Procedures;

export const document = createOpenApiDocument();

export const operations: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(
  ([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const procedure = procedures[operation.operationId.replaceAll("-", ".")];
      if (!procedure) throw new Error(`No procedure is called ${operation.operationId}`);
      const { inputs, output } = procedure._def;
      return { ...operation, method: method.toUpperCase(), path, input: inputs[0], output };
    }),
);

/** Operations by a name to print in a test's title. */
export const named = operations.map(
  (operation) => [`${operation.method} ${operation.path}`, operation] as const,
);

/** The example of each path parameter. */
export function pathExamples({ parameters = [] }: Operation): Record<string, unknown> {
  return Object.fromEntries(
    parameters.flatMap(({ in: place, name, schema }) =>
      place === "path" ? [[name, schema.example as unknown]] : [],
    ),
  );
}

/** The body of the example, if the operation takes one. */
export function bodyExample({ requestBody }: Operation): Record<string, unknown> | undefined {
  return Object.values(requestBody?.content ?? {})[0]?.example as Record<string, unknown> | undefined;
}
