import { schemaShape, type JsonSchema } from "./schema-shape.ts";
import type { Contract, Member, Promised, Shape } from "./shape.ts";

interface Media {
  readonly schema?: JsonSchema;
}
type Content = Readonly<Record<string, Media>>;

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses?: Readonly<Record<string, { readonly content?: Content }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

const methods = new Set(["get", "put", "post", "delete", "patch", "head", "options"]);

const object = (properties: readonly (readonly [string, Member])[]): Shape => ({
  kind: "object",
  properties: Object.fromEntries(properties),
});

const contentMembers = (content: Content | undefined, required: boolean) =>
  Object.entries(content ?? {}).map(
    ([type, { schema }]) => [type, { required, shape: schemaShape(schema ?? {}) }] as const,
  );

/** What an OpenAPI document promises: what each operation takes, and what it answers. */
export function openApiContract({ paths, components }: OpenApi): Contract {
  const promises: Record<string, Promised> = {};
  for (const [path, item] of Object.entries(paths))
    for (const [method, value] of Object.entries(item)) {
      if (!methods.has(method)) continue;
      const { parameters = [], requestBody, responses = {} } = value as Operation;
      const taken = parameters.map(
        (one) =>
          [
            `${one.in} ${one.name}`,
            { required: one.required ?? false, shape: schemaShape(one.schema) },
          ] as const,
      );
      // A body may be written in any one of its types: none of them is needed by itself.
      const body = object(contentMembers(requestBody?.content, false));
      const name = `${method.toUpperCase()} ${path}`;
      const whole = [...taken, ["body", { required: requestBody?.required ?? false, shape: body }] as const];
      promises[name] = { direction: "in", shape: object(requestBody ? whole : taken) };
      for (const [status, { content }] of Object.entries(responses))
        promises[`${name} ${status}`] = { direction: "out", shape: object(contentMembers(content, true)) };
    }
  const named = Object.entries(components.schemas).map(([name, schema]) => [name, schemaShape(schema)]);
  return { promises, named: Object.fromEntries(named) as Record<string, Shape> };
}
