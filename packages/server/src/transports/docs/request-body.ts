import type { RestMeta } from "../../rpc/rest-meta.ts";
import type { OpenApiDocument, Operation, Schema } from "./document.ts";

/** What a body may come as, on an operation that takes forms too. */
const anyType = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

/** Whether a field of a procedure's input may be left out. */
export type IsOptional = (field: string) => boolean;

/**
 * Marks the required fields, which the generator loses where ids are read from text, says that
 * no others are taken, which it loses where fields are checked together, and adds an example.
 */
export function finishBody(
  operation: Operation,
  isOptional: IsOptional,
  { needsOneOf, jsonOnly }: RestMeta,
): void {
  const { requestBody } = operation;
  const [generated] = Object.values(requestBody?.content ?? {});
  if (!requestBody || !generated) return;
  const { schema } = generated;
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = Object.keys(properties).filter((name) => !isOptional(name));

  delete schema.required;
  if (required.length > 0) schema.required = required;
  // Wrapped: beside properties, openapi-typescript takes an anyOf for other things that the body may be.
  if (needsOneOf) schema.allOf = [{ anyOf: needsOneOf.map((name) => ({ required: [name] })) }];
  schema.additionalProperties = false;
  const example = exampleOf(properties);
  const types = [...new Set([...Object.keys(requestBody.content), ...(jsonOnly ? [] : anyType)])];
  requestBody.required = required.length > 0;
  requestBody.content = Object.fromEntries(types.map((type) => [type, { schema, example }]));
}

/** Moves the body's schema, which all types share, to the components, under a name of its own. */
export function nameBody(document: OpenApiDocument, operation: Operation): void {
  const contents = Object.values(operation.requestBody?.content ?? {});
  if (!contents[0]) return;
  const name = `${pascalCase(operation.operationId)}Body`;
  document.components.schemas[name] = contents[0].schema;
  for (const content of contents) content.schema = { $ref: `#/components/schemas/${name}` };
}

/** A body made of its fields' examples, without those whose example is to say nothing. */
function exampleOf(properties: Record<string, Schema>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { example }]) =>
      example == null ? [] : [[name, example as unknown]],
    ),
  );
}

/** `messages-send` as `MessagesSend`. */
function pascalCase(operationId: string): string {
  return operationId.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
