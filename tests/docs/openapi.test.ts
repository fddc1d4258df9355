import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { compileErrors, validate } from "@readme/openapi-parser";
import { problem } from "@causerie/shared";
import { describe, expect, it } from "vitest";
import manifest from "../../packages/server/package.json" with { type: "json" };
import { appRouter } from "../../packages/server/src/rpc/app-router.ts";
import { restRoutes } from "../../packages/server/src/transports/rest/rest-routes.ts";
import { bodyExample, document, named, operations, pathExamples } from "./operations.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const committed = join(root, "docs/reference/openapi.json");

const bodyTypes = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

describe("the document", () => {
  it("is valid for @readme/openapi-parser", async () => {
    const result = await validate(structuredClone(document) as Parameters<typeof validate>[0]);
    expect(result.valid ? "" : compileErrors(result)).toBe("");
  });

  it("is valid for redocly's recommended rules", async () => {
    const redocly = join(root, "node_modules/@redocly/cli/bin/cli.js");
    const args = [redocly, "lint", committed, "--config", join(root, "redocly.yaml"), "--max-problems", "20"];
    const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
    const failure: unknown = await run(process.execPath, args, { env }).then(
      () => undefined,
      (error: { stdout: string }) => error.stdout,
    );
    expect(failure).toBeUndefined();
  });

  it("holds every REST operation of the router, and no other", () => {
    const slash = (path: string) => path.replace(/\/$/, "");
    const routed = restRoutes(appRouter).map(({ method, path }) => `${method} ${path}`);
    expect(operations.map(({ method, path }) => `${method} ${slash(path)}`)).toEqual(routed);
  });

  it("shows the paths that are published with a trailing slash with it", () => {
    const slashed = Object.keys(document.paths).filter((path) => path.endsWith("/"));
    expect(slashed).toEqual(["/users/", "/messages/"]);
  });

  it("has the version of the server's package, and no schema of the generator's own", () => {
    expect(document.info.version).toBe(manifest.version);
    expect(Object.keys(document.components.schemas).join(" ")).toMatch(/^[A-Za-z ]+$/);
    expect(document.components.schemas).toHaveProperty("Problem");
  });
});

describe.each(named)("%s", (_name, operation) => {
  const { method, path, parameters = [], requestBody, responses, input, output } = operation;
  const answers = Object.entries(responses);
  const success = answers.filter(([status]) => status.startsWith("2"));
  const failures = answers.filter(([status]) => !status.startsWith("2"));

  it("has a summary, a description, a tag and a name", () => {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(operation.description).toMatch(/^[A-Z].*\.$/s);
    expect(operation.operationId).toMatch(/^[A-Za-z-]+$/);
    expect(document.tags?.map((tag) => tag.name)).toEqual(expect.arrayContaining(operation.tags));
    expect(operation.tags).toHaveLength(1);
  });

  it("says who may call it", () => {
    const open = ["/auth/register", "/auth/login", "/auth/token", "/auth/cookie/login"].includes(path);
    const both = [{ bearer: [] }, { password: [] }];
    expect(operation.security).toEqual(open ? [] : path === "/auth/refresh" ? [{}, ...both] : both);
  });

  it("describes its parameters, and requires those of the path", () => {
    for (const parameter of parameters) {
      expect(parameter, parameter.name).toMatchObject({
        description: expect.stringMatching(/\.$/) as string,
      });
      expect(parameter.required ?? false, parameter.name).toBe(parameter.in === "path");
    }
    const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`);
    expect(path.match(/\{.+?\}/g) ?? []).toEqual(inPath);
  });

  it("bounds what it takes and leaves room in what it answers", () => {
    for (const { name, schema } of parameters) {
      if (schema.type === "integer")
        expect(schema.exclusiveMinimum ?? schema.minimum, name).toBeTypeOf("number");
      else {
        expect(schema, name).toMatchObject({ type: "string", maxLength: expect.any(Number) as number });
        expect(schema.minLength, name).toBeGreaterThan(0);
      }
    }
    if (requestBody) expect(componentOf(requestBody.content)).toMatchObject({ additionalProperties: false });
    for (const [, { content }] of answers)
      expect(JSON.stringify(content)).not.toContain("additionalProperties");
  });

  it("has a request example that its input takes, in every body type", () => {
    const example = bodyExample(operation);
    if (requestBody) {
      // A form there could be sent by any page.
      const types = path === "/auth/cookie/login" ? ["application/json"] : bodyTypes;
      expect(Object.keys(requestBody.content).sort()).toEqual(types);
      for (const content of Object.values(requestBody.content)) expect(content.example).toEqual(example);
      expect(Object.keys(example ?? {})).not.toHaveLength(0);
      const { required = [], allOf = [] } = componentOf(requestBody.content) as Requirements;
      const alternatives = allOf.flatMap(({ anyOf }) => anyOf.flatMap((alternative) => alternative.required));
      expect(required).toEqual(requiredOf(operation).filter((name) => !alternatives.includes(name)));
    }
    if (input) expect(input.safeParse({ ...pathExamples(operation), ...example }).error).toBeUndefined();
  });

  it("has success examples that its output takes", () => {
    expect(success.length).toBeGreaterThan(0);
    for (const [, { content }] of success) {
      const json = content?.["application/json"];
      expect(json?.example).toBeDefined();
      expect(output.safeParse(json?.example).error).toBeUndefined();
    }
  });

  it("has a problem body with examples for every error", () => {
    const statuses = failures.map(([status]) => status);
    expect(statuses).toContain("500");
    if (operation.security?.length) expect(statuses).toContain("401");
    if (requestBody) expect(statuses).toEqual(expect.arrayContaining(["400", "413", "415", "422"]));
    if (parameters.length > 0) expect(statuses).toContain("422");
    if (method !== "GET") expect(statuses).toContain("503");
    for (const [status, { content, description }] of failures) {
      expect(description).not.toBe("");
      expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
      const examples = Object.values(content?.["application/problem+json"]?.examples ?? {});
      expect(examples.length).toBeGreaterThan(0);
      for (const { value } of examples as { value: { status: number } }[]) {
        expect(problem.strict().safeParse(value).error).toBeUndefined();
        expect(String(value.status)).toBe(status);
      }
    }
  });

  it("documents the headers that callers act on", () => {
    const documents = (status: string, header: string) => header in (responses[status]?.headers ?? {});
    const isList = responses["200"]?.content?.["application/json"]?.schema.type === "array";
    const isPaged = isList && parameters.some(({ name }) => name === "after");
    expect(documents("200", "Link")).toBe(isPaged || path === "/events");
    if ("401" in responses) expect(documents("401", "WWW-Authenticate")).toBe(true);
    if ("429" in responses) expect(documents("429", "Retry-After")).toBe(true);
  });
});

/** The named schema that all types of a body share. */
function componentOf(content: Record<string, { schema: { $ref?: string } }>): Record<string, unknown> {
  const [reference, ...others] = new Set(Object.values(content).map(({ schema }) => schema.$ref));
  expect(others).toEqual([]);
  return document.components.schemas[reference?.split("/").at(-1) ?? ""] as Record<string, unknown>;
}

/** The fields of the body without which the input is refused. */
interface Requirements {
  readonly required?: string[];
  readonly allOf?: { readonly anyOf: { readonly required: string[] }[] }[];
}

function requiredOf({ input, ...operation }: (typeof operations)[number]): string[] {
  const complete = { ...pathExamples(operation), ...bodyExample(operation) };
  return Object.keys(bodyExample(operation) ?? {}).filter((name) => {
    const { [name]: _left, ...rest } = complete as Record<string, unknown>;
    return input?.safeParse(rest).success === false;
  });
}
