import { describe, expect, test } from "vitest";
import { asyncApiContract, type AsyncApi } from "../../scripts/contract/asyncapi-contract.ts";
import { clientContract } from "../../scripts/contract/client-contract.ts";
import { compareContracts } from "../../scripts/contract/compare-contracts.ts";
import { openApiContract, type OpenApi } from "../../scripts/contract/openapi-contract.ts";
import { schemaShape, type JsonSchema } from "../../scripts/contract/schema-shape.ts";
import type { Contract, Direction } from "../../scripts/contract/shape.ts";
import { undeclaredBreaks } from "../../scripts/contract/undeclared-breaks.ts";

const { openapi, asyncapi } = {
  openapi: (await import("../../docs/reference/openapi.json", { with: { type: "json" } })).default,
  asyncapi: (await import("../../docs/reference/asyncapi.json", { with: { type: "json" } })).default,
};

/** A document that a test takes something out of. */
interface Changeable {
  readonly paths: Record<string, unknown>;
  readonly operations: Record<string, { messages: unknown[] }>;
  readonly components: { schemas: Record<string, { properties: Record<string, unknown> }> };
}

/** A named type that a test changes. */
interface Changed {
  readonly properties: Record<string, unknown>;
}

const subject = "thing";
const contract = (schema: JsonSchema, direction: Direction): Contract => ({
  promises: { [subject]: { direction, shape: schemaShape(schema) } },
  named: {},
});
const compared = (direction: Direction, was: JsonSchema, now: JsonSchema) =>
  compareContracts(contract(was, direction), contract(now, direction));

const text = { type: "string" };
const object = (properties: Record<string, JsonSchema>, required: string[] = []) => ({
  type: "object",
  properties,
  required,
});

const server = { name: "@causerie/server", version: "0.1.0" };

describe.each<[string, Direction, JsonSchema, JsonSchema]>([
  ["a field is gone", "out", object({ a: text, b: text }), object({ a: text })],
  ["an input is gone", "in", object({ a: text, b: text }), object({ a: text })],
  ["a required input is added", "in", object({ a: text }), object({ a: text, b: text }, ["b"])],
  ["an input becomes required", "in", object({ a: text }), object({ a: text }, ["a"])],
  ["an answer's field may be missing", "out", object({ a: text }, ["a"]), object({ a: text })],
  ["a type changes", "out", object({ a: text }), object({ a: { type: "integer" } })],
  ["an answer may be null", "out", text, { type: ["string", "null"] }],
  ["an input may be null no more", "in", { type: ["string", "null"] }, text],
  ["text becomes one of some", "in", text, { enum: ["a"] }],
  ["a value of an enum is gone", "out", { enum: ["a", "b"] }, { enum: ["a"] }],
  ["a value of an input's enum is gone", "in", { enum: ["a", "b"] }, { enum: ["a"] }],
  ["a limit is tightened", "in", { type: "string", maxLength: 20 }, { type: "string", maxLength: 10 }],
  ["a limit is new", "in", { type: "integer" }, { type: "integer", minimum: 1 }],
  [
    "one kind of event is gone",
    "out",
    { oneOf: ["x", "y"].map((type) => object({ type: { const: type } }, ["type"])) },
    object({ type: { const: "x" } }, ["type"]),
  ],
  [
    "an item of a list changes",
    "out",
    { type: "array", items: text },
    { type: "array", items: { type: "integer" } },
  ],
])("where %s (%s)", (_what, direction, was, now) => {
  const breaks = compared(direction, was, now);
  const breaking = { name: server.name, type: "minor" };

  test("it is caught when nobody declares it", () => {
    expect(breaks).not.toEqual([]);
    expect(undeclaredBreaks(breaks, server, [])).toEqual(breaks);
  });

  test("it passes when it is declared, by its name and as much as it is", () => {
    const summary = "`thing` is another now.";
    expect(undeclaredBreaks(breaks, server, [{ summary, releases: [breaking] }])).toEqual([]);
    for (const insufficient of [
      { summary: "Something is.", releases: [breaking] },
      { summary, releases: [{ ...breaking, type: "patch" }] },
      { summary, releases: [{ ...breaking, name: "@causerie/client" }] },
    ])
      expect(undeclaredBreaks(breaks, server, [insufficient])).toEqual(breaks);
    const stable = { ...server, version: "1.2.0" };
    expect(undeclaredBreaks(breaks, stable, [{ summary, releases: [breaking] }])).toEqual(breaks);
    const major = { summary, releases: [{ ...breaking, type: "major" }] };
    expect(undeclaredBreaks(breaks, stable, [major])).toEqual([]);
  });
});

test.each<[string, Direction, JsonSchema, JsonSchema]>([
  ["an optional input", "in", object({ a: text }), object({ a: text, b: text })],
  ["a field of an answer", "out", object({ a: text }), object({ a: text, b: text }, ["b"])],
  ["a value of an enum", "out", { enum: ["a", "b"] }, { enum: ["a", "b", "c"] }],
  ["an input that may be null", "in", text, { type: ["string", "null"] }],
  ["a limit that is loosened", "in", { type: "string", maxLength: 10 }, { type: "string", maxLength: 20 }],
  ["a field that is always there now", "out", object({ a: text }), object({ a: text }, ["a"])],
])("%s may be added by anybody", (_what, direction, was, now) => {
  expect(compared(direction, was, now)).toEqual([]);
});

test("of OpenAPI, a path, a status and a field that are gone are found", () => {
  const whole = openapi as unknown as OpenApi;
  const was = openApiContract(whole);
  expect(compareContracts(was, was)).toEqual([]);
  const changed = structuredClone(openapi) as unknown as Changeable;
  delete changed.paths["/users/{user_id}"];
  delete changed.components.schemas["Message"]!.properties["seq"];
  const breaks = compareContracts(was, openApiContract(changed as unknown as OpenApi));
  expect(breaks).toContainEqual({ subject: "GET /users/{user_id}", what: "is gone" });
  expect(breaks).toContainEqual({ subject: "Message", what: "seq is gone" });
});

test("of AsyncAPI, a message and a field that are gone are found", () => {
  const was = asyncApiContract(asyncapi);
  expect(compareContracts(was, was)).toEqual([]);
  const changed = structuredClone(asyncapi) as unknown as Changeable;
  changed.operations["receiveTrpc"]!.messages.pop();
  delete changed.components.schemas["Message"]!.properties["seq"];
  const breaks = compareContracts(was, asyncApiContract(changed as unknown as AsyncApi));
  expect(breaks).toContainEqual({ subject: "/trpc ping", what: "is gone" });
  expect(breaks).toContainEqual({ subject: "Message", what: "seq is gone" });
});

test("of the client's types, what is gone, needed and new is told apart", { timeout: 60_000 }, () => {
  const was = clientContract(process.cwd());
  expect(compareContracts(was, was)).toEqual([]);
  const changed = (change: (named: Record<string, Changed>) => void) => {
    const now = structuredClone(was);
    change(now.named as unknown as Record<string, Changed>);
    return compareContracts(was, now);
  };
  const text = { kind: "atom", text: "string" };
  const member = (required: boolean) => ({ required, shape: text });

  expect(changed(({ Message }) => delete Message!.properties["seq"])).toContainEqual({
    subject: "Message",
    what: "seq is gone",
  });
  expect(changed(({ ClientOptions }) => (ClientOptions!.properties["more"] = member(true)))).toEqual([
    { subject: "ClientOptions", what: "more is required now" },
  ]);
  expect(changed(({ ClientOptions }) => (ClientOptions!.properties["more"] = member(false)))).toEqual([]);
  expect(changed(({ EventHandlers }) => (EventHandlers!.properties["more"] = member(true)))).toEqual([
    { subject: "EventHandlers", what: "more is required now" },
  ]);
  expect(changed(({ Message }) => (Message!.properties["more"] = member(true)))).toEqual([]);

  const { ["createCalls of @causerie/client"]: _, ...promises } = was.promises;
  expect(compareContracts(was, { ...was, promises })).toContainEqual({
    subject: "createCalls of @causerie/client",
    what: "is gone",
  });
});
