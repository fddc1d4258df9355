import type { Schema } from "./document.ts";

/**
 * Rewrites a schema, in place, for readers in other languages: JavaScript's safe range
 * becomes a 64-bit format, `X or null` becomes one type, and the pattern of a date, which
 * its format says already, goes.
 */
export function tidySchema(schema: Schema): void {
  const nullable = nullableAlternative(schema);
  if (nullable) {
    delete schema.anyOf;
    Object.assign(schema, { ...nullable, ...schema, type: [nullable.type, "null"] });
  }
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) {
    delete schema.maximum;
    schema.format = "int64";
  }
  if (schema.format === "date-time") delete schema.pattern;
  for (const part of partsOf(schema)) tidySchema(part);
}

/** Lets an answer hold more than its schema names, so that fields can be added later. */
export function allowMore(schema: Schema): void {
  delete schema.additionalProperties;
  for (const part of partsOf(schema)) allowMore(part);
}

/** The one alternative to null, when that can be said with a list of types. */
function nullableAlternative(schema: Schema): Schema | undefined {
  const [first, second, ...others] = (schema.anyOf ?? []) as Schema[];
  if (!first || second?.type !== "null" || others.length > 0) return undefined;
  return typeof first.type === "string" && !first.enum ? first : undefined;
}

/** The schemas directly inside a schema. */
function partsOf(schema: Schema): Schema[] {
  return [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ] as Schema[];
}
