import { limits, type InputIssue } from "@causerie/shared";
import type { RestMeta } from "../../rpc/rest-meta.ts";
import type { Answer, Operation, Parameter, Schema } from "./document.ts";
import { errorAnswers, errorCodesOf, exampleProblem } from "./error-answers.ts";
import { headersOf } from "./headers.ts";

/** Adds what the generator cannot know of an operation, and repairs what it gets wrong. */
export function finishOperation(operation: Operation, path: string, meta: RestMeta): void {
  if (meta.openapi?.protect === false) operation.security = [];
  else if (meta.optionalAuth) operation.security = [{}, ...(operation.security ?? [])];

  const parameters = operation.parameters ?? [];
  parameters.forEach(finishParameter);
  operation.parameters = meta.idempotent ? [...parameters, idempotencyKey] : parameters;

  const issue = exampleIssue(operation);
  const instance = examplePath(path, parameters);
  const errorCodes = errorCodesOf(operation, meta);
  operation.responses = {
    ...successAnswers(operation, meta),
    ...errorAnswers(errorCodes, (code) => exampleProblem(code, instance, issue)),
  };
  if (errorCodes.includes("RATE_LIMITED")) Object.values(operation.responses).forEach(addQuotaHeaders);
}

/** Each answer of a limited operation says what is left. */
function addQuotaHeaders(answer: Answer): void {
  const { headers } = headersOf({ RateLimit: true, "RateLimit-Policy": true });
  answer.headers = { ...answer.headers, ...headers };
}

/** The generator takes ids for optional, because they are read from text, and hides descriptions in schemas. */
function finishParameter(parameter: Parameter): void {
  if (parameter.in === "path") parameter.required = true;
  const { description, ...schema } = parameter.schema;
  if (description !== undefined) Object.assign(parameter, { description, schema });
}

const idempotencyKey: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "A new UUID for each message. The same key and body again is answered with the first message.",
  schema: { type: "string", minLength: 1, maxLength: limits.clientMessageIdLength },
};

function successAnswers(operation: Operation, meta: RestMeta): Record<string, Answer> {
  const schema = operation.responses["200"]?.content?.["application/json"]?.schema ?? {};
  // Lists are arrays and lead on in a header; other answers say themselves where more is.
  const isPaged = schema.type === "array" && operation.parameters?.some(({ name }) => name === "after");
  const leadsOn = meta.leadsOn === true || isPaged === true;
  const answer = (description: string, example: unknown): Answer => ({
    description,
    ...headersOf({ Link: leadsOn }),
    content: { "application/json": { schema, example } },
  });
  return {
    ...(meta.idempotent
      ? {
          "200": answer("An earlier call with this key had done it.", {
            ...(meta.example as object),
            client_message_id: "0192f0c1-7a51-7cc1-b4b8-9a3f5d1c7b90",
            duplicate: true,
          }),
        }
      : {}),
    [meta.status ?? 200]: answer(meta.status === 201 ? "Created." : "Done.", meta.example),
  };
}

/** A mistake that a caller of this operation could make, as the server would report it. */
function exampleIssue({ requestBody, parameters }: Operation): InputIssue {
  const body: Schema = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  const missing = body.required?.[0];
  if (missing !== undefined) return { loc: ["body", missing], msg: "is required", type: "missing" };
  const optional = Object.keys(body.properties ?? {})[0];
  if (optional !== undefined)
    return { loc: ["body", optional], msg: "must not be blank", type: "value_error" };
  const { name, schema } = parameters?.at(-1) ?? { name: "", schema: {} };
  return schema.format === "uuid"
    ? { loc: ["body", name], msg: "must be a UUID", type: "value_error" }
    : { loc: ["body", name], msg: "must be of type number", type: "type_error" };
}

/** A path as a caller would write it, its parameters replaced by their examples. */
function examplePath(path: string, parameters: readonly Parameter[]): string {
  return parameters
    .filter((parameter) => parameter.in === "path")
    .reduce((text, { name, schema }) => text.replace(`{${name}}`, String(schema.example ?? 1)), path);
}
