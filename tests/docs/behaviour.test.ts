import { problem, type Problem } from "@causerie/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { bodyExample, document, named, pathExamples, type DocumentedOperation } from "./operations.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

it("is served at /openapi.json, and again only when it changed", async () => {
  const answer = await fetch(`${server.url}/openapi.json`);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("cache-control")).toBe("no-cache");
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(document)));
  const etag = answer.headers.get("etag") ?? "";
  const again = await fetch(`${server.url}/openapi.json`, {
    // Node's fetch would add no-cache, which asks for a full answer.
    headers: { "If-None-Match": etag, "Cache-Control": "max-age=0" },
  });
  expect(again.status).toBe(304);
});

/** Each way in which the document says that a body may be sent. */
const encodings: Record<string, (fields: Record<string, unknown>) => string | URLSearchParams | FormData> = {
  "application/json": (fields) => JSON.stringify(fields),
  "application/x-www-form-urlencoded": (fields) => new URLSearchParams(texts(fields)),
  "multipart/form-data": (fields) => {
    const form = new FormData();
    for (const [name, value] of texts(fields)) form.set(name, value);
    return form;
  },
};

function texts(fields: Record<string, unknown>): [string, string][] {
  return Object.entries(fields).map(([name, value]) => [name, String(value)]);
}

/** The path of a call, with these values for its parameters. */
function pathOf({ path }: DocumentedOperation, values: Record<string, unknown>): string {
  return path.replaceAll(/\{(.+?)\}/g, (_match, name: string) => String(values[name]));
}

/** The page of the documentation tries operations out from the server's own origin. */
const asOwnPage = () => ({ origin: server.url });

async function call(operation: DocumentedOperation, person: Person | undefined, type?: string) {
  const body = bodyExample(operation);
  const encode = encodings[type ?? ""];
  return await fetch(server.url + pathOf(operation, pathExamples(operation)), {
    method: operation.method,
    headers: {
      ...asOwnPage(),
      ...(person ? { authorization: `Bearer ${person.token}` } : {}),
      ...(type === "application/json" ? { "content-type": type } : {}),
    },
    ...(body && encode ? { body: encode(body) } : {}),
  });
}

/** The mistake that the example of 422 tells of, made for real. */
async function callWrongly(operation: DocumentedOperation, person: Person): Promise<Response> {
  const example = invalidExample(operation);
  const { loc, type } = example?.errors?.[0] ?? { loc: [], type: "" };
  const field = String(loc.at(-1));
  const paths = pathExamples(operation);
  const path = pathOf(operation, field in paths ? { ...paths, [field]: "abc" } : paths);
  const body = bodyExample(operation);
  if (!body) return await person.call(operation.method, field in paths ? path : `${path}?${field}=abc`);
  const { [field]: _value, ...rest } = body;
  const wrong = type === "missing" ? rest : { ...body, [field]: " " };
  return await person.call(operation.method, path, wrong, asOwnPage());
}

function invalidExample({ responses }: DocumentedOperation): Problem | undefined {
  const examples = responses["422"]?.content?.["application/problem+json"]?.examples;
  return (examples?.["VALIDATION_FAILED"] as { value: Problem } | undefined)?.value;
}

/** That an answer has a status, a media type and a body that the document has for it. */
async function expectDocumented(operation: DocumentedOperation, answer: Response): Promise<void> {
  const documented = operation.responses[String(answer.status)];
  expect(documented, `status ${answer.status}`).toBeDefined();
  const type = answer.headers.get("content-type")?.split(";")[0];
  expect(Object.keys(documented?.content ?? {})).toEqual([type]);
  const body: unknown = await answer.json();
  const schema = answer.ok ? operation.output : problem;
  expect(schema.safeParse(body).error).toBeUndefined();
  const asksToSignIn = "WWW-Authenticate" in (documented?.headers ?? {});
  expect(answer.headers.get("www-authenticate")).toBe(asksToSignIn ? "Bearer" : null);
}

describe.each(named)("%s", (_name, operation) => {
  const types = Object.keys(operation.requestBody?.content ?? {});

  it("answers as documented to whoever is not signed in", async () => {
    const answer = await call(operation, undefined, types[0]);
    if (operation.security?.length && operation.path !== "/auth/refresh") expect(answer.status).toBe(401);
    await expectDocumented(operation, answer);
  });

  it("answers as documented to its own example, whatever the body comes as", async () => {
    for (const type of types.length === 0 ? [undefined] : types) {
      const answer = await call(operation, await createPerson(server.url), type);
      expect([400, 415, 500], `${type}: ${answer.status}`).not.toContain(answer.status);
      await expectDocumented(operation, answer);
    }
  });

  it.runIf(invalidExample(operation))("answers 422 as its example shows", async () => {
    const answer = await callWrongly(operation, await createPerson(server.url));
    const { title, status, detail, code, errors } = (await answer.json()) as Problem;
    expect({ title, status, detail, code, errors }).toEqual({
      title: invalidExample(operation)?.title,
      status: 422,
      detail: invalidExample(operation)?.detail,
      code: "VALIDATION_FAILED",
      errors: invalidExample(operation)?.errors,
    });
  });
});
