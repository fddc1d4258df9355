import { errors, type ErrorCode } from "@causerie/shared";
import { z } from "zod";
import { problem } from "@causerie/shared";
import { generateOpenApiDocument } from "trpc-openapi";
import { appRouter } from "../../rpc/app-router.ts";
import type { RestMeta } from "../../rpc/rest-meta.ts";
import { restRoutes } from "../rest/rest-routes.ts";

/** The parts of an OpenAPI document that are worked on here. */
type Json = { [key: string]: unknown };
interface Operation extends Json {
  operationId: string;
  security?: Json[];
  parameters?: (Json & { name: string; in: string })[];
  requestBody?: { content: Record<string, { schema: Json; example?: unknown }> };
  responses: Record<string, Json>;
}

const description = `Accounts, presence, direct and public messages, live events.

Errors are problem bodies (RFC 9457) whose \`detail\` is a sentence and whose \`code\` is stable.
Paths answer with and without a trailing slash. Live events come over WebSocket: see the README.`;

/** Paths that the seed's clients know with a trailing slash. Both forms answer; this one is shown. */
const slashPaths = ["/users", "/messages"];

/** The OpenAPI 3.1 document of the REST surface, generated from the procedures. */
export function createOpenApiDocument(): Json {
  const document = generateOpenApiDocument(appRouter, {
    title: "Causerie",
    version: "0.1.0",
    description,
    baseUrl: "/",
    openApiVersion: "3.1.0",
    license: { name: "MIT", identifier: "MIT" },
    tags: ["auth", "users", "messages", "conversations"],
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      password: { type: "oauth2", flows: { password: { tokenUrl: "/auth/token", scopes: {} } } },
    },
  }) as unknown as Json & { paths: Record<string, Record<string, Operation>>; components: { schemas: Json } };

  document.components.schemas["Problem"] = schemaOf(problem);
  document["tags"] = tagDescriptions;
  for (const { path, method, meta } of restRoutes(appRouter)) {
    const operation = document.paths[path]?.[method.toLowerCase()];
    if (operation) finish(operation, meta);
  }
  document.paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [
      slashPaths.includes(path) ? `${path}/` : path,
      item,
    ]),
  );
  return document;
}

const tagDescriptions = [
  { name: "auth", description: "Accounts and sessions." },
  { name: "users", description: "People, who is online, broadcasts." },
  { name: "messages", description: "Direct and public messages." },
  { name: "conversations", description: "Where messages belong." },
];

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, id: _id, ...rest } = z.toJSONSchema(schema) as Json;
  return rest;
}

/** Adds what the generator cannot know, and repairs what it gets wrong. */
function finish(operation: Operation, meta: RestMeta): void {
  const isProtected = meta.openapi?.protect !== false;
  if (!isProtected) operation.security = [];
  else if (meta.optionalAuth) operation.security = [{}, ...(operation.security ?? [])];

  for (const parameter of operation.parameters ?? []) {
    // The id pipe makes the generator lose this.
    if (parameter.in === "path") parameter["required"] = true;
  }
  if (meta.idempotent) operation.parameters = [...(operation.parameters ?? []), idempotencyKeyParameter];
  for (const content of Object.values(operation.requestBody?.content ?? {})) {
    content.example = exampleOf(content.schema);
  }

  const success = operation.responses["200"] ?? {};
  const status = String(meta.status ?? 200);
  const failures = errorCodes(operation, meta);
  operation.responses = {
    [status]: withExample({ ...success, description: "Done." }, meta.example),
    ...(meta.idempotent
      ? { "200": { ...success, description: "An earlier call with this key had done it." } }
      : {}),
    ...errorResponses(failures),
  };
}

const idempotencyKeyParameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The same key and body again answers with what the first call made.",
  schema: { type: "string", minLength: 1, maxLength: 64 },
};

function withExample(response: Json, example: unknown): Json {
  const content = response["content"] as { "application/json": Json } | undefined;
  if (!content || example === undefined) return response;
  return { ...response, content: { "application/json": { ...content["application/json"], example } } };
}

/** A body made of its fields' examples. */
function exampleOf(schema: Json): Json {
  const properties = (schema["properties"] ?? {}) as Record<string, Json>;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { example, examples }]) => {
      const value = example ?? (Array.isArray(examples) ? (examples as unknown[])[0] : undefined);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function errorCodes(operation: Operation, meta: RestMeta): ErrorCode[] {
  const hasInput = operation.requestBody !== undefined || (operation.parameters ?? []).length > 0;
  return [
    ...(operation.requestBody
      ? (["BAD_REQUEST", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const)
      : []),
    ...(meta.openapi?.protect === false || meta.optionalAuth ? [] : (["UNAUTHORIZED"] as const)),
    ...(hasInput ? (["VALIDATION_FAILED"] as const) : []),
    ...(meta.openapi?.method === "GET" ? [] : (["STORAGE_UNAVAILABLE"] as const)),
    ...(meta.errors ?? []),
    "INTERNAL_SERVER_ERROR",
  ];
}

/** One answer per status, with an example of each error that has it. */
function errorResponses(codes: readonly ErrorCode[]): Record<string, Json> {
  const responses: Record<string, Json> = {};
  for (const status of [...new Set(codes.map((code) => errors[code].status))].sort((a, b) => a - b)) {
    const ofStatus = [...new Set(codes.filter((code) => errors[code].status === status))];
    responses[status] = {
      description: ofStatus.map((code) => errors[code].sentence).join(" Or: "),
      content: {
        "application/problem+json": {
          schema: { $ref: "#/components/schemas/Problem" },
          examples: Object.fromEntries(ofStatus.map((code) => [code, { value: exampleProblem(code) }])),
        },
      },
    };
  }
  return responses;
}

function exampleProblem(code: ErrorCode): Json {
  const { status, title, sentence } = errors[code];
  return {
    type: "about:blank",
    title,
    status,
    detail: sentence,
    instance: "/messages/",
    code,
    request_id: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    ...(code === "VALIDATION_FAILED"
      ? { errors: [{ loc: ["body", "content"], msg: "must not be blank", type: "value_error" }] }
      : {}),
  };
}
