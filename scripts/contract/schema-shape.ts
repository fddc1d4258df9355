import type { Member, Shape } from "./shape.ts";

/** The part of JSON Schema that the documents use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

const limits = [
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  ...["minLength", "maxLength", "minItems", "maxItems"],
];

const literal = (value: unknown): Shape => ({ kind: "literal", text: JSON.stringify(value) });

function union(of: readonly Shape[]): Shape {
  const [only, ...others] = of;
  return only && others.length === 0 ? only : { kind: "union", of };
}

/** The shape of what a JSON schema describes. */
export function schemaShape(schema: JsonSchema): Shape {
  if (schema.$ref !== undefined) return { kind: "ref", name: schema.$ref.replace(/^.*\//, "") };
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return union(schema.enum.map(literal));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return union(alternatives.map(schemaShape));
  if (schema.allOf) return union(schema.allOf.map(schemaShape));
  return union([schema.type ?? "any"].flat().map((type) => typed(type, schema)));
}

function typed(type: string, schema: JsonSchema): Shape {
  if (type === "object" && schema.properties) {
    const required = new Set(schema.required);
    const properties: Record<string, Member> = {};
    for (const [name, one] of Object.entries(schema.properties))
      properties[name] = { required: required.has(name), shape: schemaShape(one) };
    return { kind: "object", properties };
  }
  if (type === "array" && (schema.items || schema.prefixItems)) {
    const parts = [...(schema.prefixItems ?? []), ...(schema.items ? [schema.items] : [])].map(schemaShape);
    return { kind: "generic", name: "array", parts };
  }
  const given = limits.flatMap((name) => (typeof schema[name] === "number" ? [[name, schema[name]]] : []));
  const bounds = given.length > 0 ? { limits: Object.fromEntries(given) as Record<string, number> } : {};
  return { kind: "atom", text: type, ...bounds };
}
