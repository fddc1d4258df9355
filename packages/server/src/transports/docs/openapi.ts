import { problem } from "@causerie/shared";
import { generateOpenApiDocument } from "trpc-openapi";
import type { z } from "zod";
import manifest from "../../../package.json" with { type: "json" };
import { appRouter } from "../../rpc/app-router.ts";
import { restRoutes } from "../rest/rest-routes.ts";
import type { OpenApiDocument } from "./document.ts";
import { finishOperation } from "./finish-operation.ts";
import { headers } from "./headers.ts";
import { introduction, tagDescriptions } from "./introduction.ts";
import { finishBody, nameBody, type IsOptional } from "./request-body.ts";
import { allowMore, tidySchema } from "./tidy-schema.ts";

/** Paths that the seed's clients know with a trailing slash. Both forms answer; this one is shown. */
const slashPaths = ["/users", "/messages"];

/** The OpenAPI 3.1 document of the REST surface, generated from the procedures. */
export function createOpenApiDocument(): OpenApiDocument {
  // What the generator writes holds no references but to schemas; its types allow them anywhere.
  const document = generateOpenApiDocument(appRouter, {
    title: "Causerie",
    version: manifest.version,
    description: introduction,
    license: { name: "MIT", identifier: "MIT" },
    baseUrl: "/",
    openApiVersion: "3.1.0",
    defs: { Problem: problem },
    securitySchemes: {
      // Swagger UI puts the cursor into the last one: where one signs in.
      bearer: {
        type: "http",
        scheme: "bearer",
        bearerFormat: "JWT",
        description: "An access token that you have already.",
      },
      password: {
        type: "oauth2",
        description: "Signs in with an e-mail address, as `username`, and a password.",
        flows: { password: { tokenUrl: "/auth/token", scopes: {} } },
      },
    },
  }) as unknown as OpenApiDocument;

  document.tags = tagDescriptions;
  document.components.headers = headers;
  const { schemas } = document.components;
  for (const [name, schema] of Object.entries(schemas)) {
    // The generator's own error bodies, which ours replace.
    if (name.startsWith("error.")) delete schemas[name];
    else allowMore(schema);
  }

  const paths: OpenApiDocument["paths"] = {};
  for (const { procedure, method, path, meta } of restRoutes(appRouter)) {
    const operation = document.paths[path]?.[method.toLowerCase()];
    if (!operation) throw new Error(`The generator left out ${method} ${path}.`);
    const shownPath = slashPaths.includes(path) ? `${path}/` : path;
    finishBody(operation, optionalFields(procedure), meta);
    finishOperation(operation, shownPath, meta);
    nameBody(document, operation);
    for (const parameter of operation.parameters ?? []) tidySchema(parameter.schema);
    (paths[shownPath] ??= {})[method.toLowerCase()] = operation;
  }
  document.paths = paths;
  for (const schema of Object.values(schemas)) tidySchema(schema);
  return document;
}

/** tRPC keeps a procedure's schemas at run time, but not in its types. */
interface WithInputs {
  readonly _def: { readonly inputs: readonly z.ZodObject[] };
}

function optionalFields(procedure: string): IsOptional {
  const procedures = appRouter._def.procedures as unknown as Record<string, WithInputs>;
  const fields: z.ZodObject["shape"] = procedures[procedure]?._def.inputs[0]?.shape ?? {};
  return (name) => (fields[name] as z.ZodType).safeParse(undefined).success;
}
