import { z } from "zod";
import type { Schema } from "../document.ts";
import { allowMore, tidySchema } from "../tidy-schema.ts";

/** Schemas of the components, by name, and how to refer to one. */
export interface Schemas {
  readonly components: Record<string, Schema>;
  /** Names a schema, once, with all that it refers to, and returns the reference to it. */
  add(name: string, schema: z.ZodType, side: "client" | "server"): { readonly $ref: string };
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>["override"]>;

const at = (name: string) => `#/components/schemas/${name}`;

/**
 * Turns zod schemas into those of the document. What has an `id` in its meta is a component of its
 * own. Of what clients send, the schema says what is taken; of what the server sends, it leaves
 * room for fields that are added later.
 */
export function createSchemas(): Schemas {
  const components: Record<string, Schema> = {};
  return {
    components,
    add(name, schema, side) {
      if (!components[name]) {
        const io = side === "client" ? "input" : "output";
        const made = z.toJSONSchema(schema, { target: "draft-7", io, override: requireFields });
        const { $schema: _dialect, definitions, ...root } = made;
        const parts = { ...(definitions as Record<string, Schema> | undefined), [name]: root as Schema };
        for (const [part, partSchema] of Object.entries(parts)) components[part] = finish(partSchema, side);
      }
      return { $ref: at(name) };
    },
  };
}

/** Fields that are read from text would pass for optional: what counts is whether they may be left out. */
function requireFields({ zodSchema, jsonSchema }: Parameters<Override>[0]): void {
  if (!(zodSchema instanceof z.ZodObject)) return;
  const shape = zodSchema.shape as Readonly<Record<string, z.ZodType>>;
  const required = Object.keys(shape).filter((name) => !shape[name]?.safeParse(undefined).success);
  delete jsonSchema.required;
  if (required.length > 0) jsonSchema.required = required;
}

function finish(schema: Schema, side: "client" | "server"): Schema {
  if (side === "server") allowMore(schema);
  tidySchema(schema);
  return rewrite(schema) as Schema;
}

/** References lead to the components, names given by `id` go, and examples are lists. */
function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]): [string, unknown][] => {
      if (key === "id" && typeof part === "string") return [];
      if (key === "$ref") return [[key, String(part).replace("#/definitions/", at(""))]];
      if (key === "example") return part === null ? [] : [["examples", [part]]];
      return [[key, rewrite(part)]];
    }),
  );
}
