import { describe, expect, it } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { operations, type Schema } from "./operations.ts";

/** What the REST generator switches to coercion, for every surface, where it reaches one bare. */
const coercible = ["number", "boolean", "bigint", "date"];

/**
 * The way to each coercible schema that the generator can reach. It stops at a pipe, which
 * is how our inputs read numbers from text.
 */
function bareLeaves(schema: Schema, way: string): string[] {
  const { def } = schema._zod;
  if (coercible.includes(def.type)) return [way];
  if (def.type === "pipe") return [];
  const { shape, innerType, element, options, getter } = def as {
    shape?: Record<string, Schema>;
    innerType?: Schema;
    element?: Schema;
    options?: Schema[];
    getter?: () => Schema;
  };
  return [
    ...Object.entries(shape ?? {}).map(([name, field]) => bareLeaves(field, `${way}.${name}`)),
    ...[innerType, element, getter?.()].map((inner) => (inner ? bareLeaves(inner, way) : [])),
    ...(options ?? []).map((option) => bareLeaves(option, way)),
  ].flat();
}

describe("inputs that REST shares with the other surfaces", () => {
  const withInput = operations.flatMap(({ operationId, input }) => (input ? [[operationId, input]] : []));

  it.each(withInput as [string, Schema][])("%s has nothing the generator would coerce", (name, input) => {
    expect(input._zod.def.type).toBe("object");
    expect(bareLeaves(input, name)).toEqual([]);
  });

  it("would be caught if one had", () => {
    const leaf = (type: string): Schema => ({
      _zod: { def: { type } },
      safeParse: () => ({ success: true }),
    });
    const wrap = (type: string, def: object): Schema => ({ ...leaf(type), _zod: { def: { type, ...def } } });
    const optional = wrap("optional", { innerType: wrap("nullable", { innerType: leaf("boolean") }) });
    const fields = { a: leaf("string"), b: optional, c: wrap("array", { element: leaf("date") }) };
    expect(bareLeaves(wrap("object", { shape: fields }), "input")).toEqual(["input.b", "input.c"]);
  });

  it("stay as strict on tRPC after a REST call as before", async () => {
    await using server = await startTestServer();
    const person = await createPerson(server.url);
    const wrong = [true, [person.id], "0x1", "", 1.5, { id: 1 }];
    const sendOverTrpc = async (receiver_id: unknown) => {
      const answer = await person.call("POST", "/trpc/messages.send", { receiver_id, content: "Bonjour" });
      return answer.status;
    };

    for (const receiver of wrong) expect(await sendOverTrpc(receiver), JSON.stringify(receiver)).toBe(422);
    const overRest = await person.call("POST", "/messages/", { receiver_id: person.id, content: "Bonjour" });
    expect(overRest.status).toBe(201);
    expect((await person.call("GET", "/messages/?limit=1")).status).toBe(200);
    for (const receiver of wrong) expect(await sendOverTrpc(receiver), JSON.stringify(receiver)).toBe(422);
    expect(await (await person.call("GET", "/messages/")).json()).toHaveLength(1);
  });
});
