import { Parser } from "@asyncapi/parser";
import { Ajv } from "ajv";
import { closeCodes } from "@causerie/shared";
import { describe, expect, it } from "vitest";
import { appRouter } from "../../packages/server/src/rpc/app-router.ts";
import { createAsyncApiDocument } from "../../packages/server/src/transports/docs/asyncapi/asyncapi.ts";
import {
  messagesOf,
  type MessageEntry,
} from "../../packages/server/src/transports/docs/asyncapi/messages.ts";
import { startTestServer } from "../support/test-server.ts";

const document = createAsyncApiDocument();
const messages = Object.entries(messagesOf).flatMap(([channel, ofChannel]) =>
  Object.entries(ofChannel).map(([name, entry]): [string, MessageEntry] => [`${channel} ${name}`, entry]),
);

/** What the official parser finds wrong; that there is a newer version of AsyncAPI is not. */
async function faultsOf(text: string): Promise<string[]> {
  const { diagnostics } = await new Parser().parse(text);
  return diagnostics
    .filter(({ code }) => code !== "asyncapi-latest-version")
    .map(({ message, path }) => `${path.join("/")}: ${message}`);
}

describe("the AsyncAPI document", () => {
  it("is valid for the official parser", { timeout: 60_000 }, async () => {
    const text = JSON.stringify(document);
    expect(await faultsOf(text)).toEqual([]);
    // The parser does look: a channel that is nowhere.
    expect(await faultsOf(text.replace("#/channels/chat", "#/channels/nowhere"))).not.toEqual([]);
  });

  it("has schemas that take the examples, and nothing that a field is missing from", () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "document", components: document.components });
    for (const [name, message] of Object.entries(document.components.messages)) {
      const { payload, examples } = message as {
        payload: { $ref: string };
        examples: { payload: unknown }[];
      };
      const takes = ajv.compile({ $ref: `document${payload.$ref}` });
      for (const example of examples) {
        expect(takes(example.payload), `${name}: ${ajv.errorsText(takes.errors)}`).toBe(true);
        if (typeof example.payload !== "object") continue;
        const [first = "", ...others] = Object.entries(example.payload as object).map(([key]) => key);
        const { [first]: _left, ...rest } = example.payload as Record<string, unknown>;
        expect(takes(rest), `${name} without ${first} (has ${others.join()})`).toBe(false);
      }
    }
  });

  it("is served at /asyncapi.json, and again only when it changed", async () => {
    await using server = await startTestServer();
    const answer = await fetch(`${server.url}/asyncapi.json`);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(document)));
    const headers = { "If-None-Match": answer.headers.get("etag") ?? "", "Cache-Control": "max-age=0" };
    expect((await fetch(`${server.url}/asyncapi.json`, { headers })).status).toBe(304);
    expect((await fetch(`${server.url}/asyncapi.json`, { method: "POST" })).status).toBe(405);
  });

  it("tells every close code of /trpc with the client's duty", () => {
    const codes = Object.entries(closeCodes).map(([code, entry]) => ({ code: Number(code), ...entry }));
    expect(document.channels["trpc"]).toMatchObject({ "x-close-codes": codes });
  });

  it("has a channel or a message for every subscription of the router, and no other", () => {
    const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
    const paths = Object.keys(procedures).filter((path) => procedures[path]?._def.type === "subscription");
    const text = JSON.stringify(document);
    const started = [...text.matchAll(/"path":\{"type":"string","const":"([\w.]+)"\}/g)].map(
      ([, path]) => path,
    );
    const streamed = [...text.matchAll(/"address":"\/trpc\/([\w.]+)"/g)].map(([, path]) => path);
    expect(started.sort()).toEqual(paths.sort());
    expect(streamed.sort()).toEqual(paths.sort());
  });

  it("refers to schemas and messages that exist, and holds none that nothing refers to", () => {
    const text = JSON.stringify(document);
    const referred = new Set([...text.matchAll(/"#\/components\/(\w+\/\w+)"/g)].map(([, path]) => path));
    const { messages: ofDocument, schemas, securitySchemes } = document.components;
    const held = Object.entries({ messages: ofDocument, schemas, securitySchemes }).flatMap(([kind, parts]) =>
      Object.keys(parts).map((name) => `${kind}/${name}`),
    );
    expect([...referred].sort()).toEqual(held.sort());
  });
});

describe.each(messages)("%s", (_name, { schema, examples, from, title, summary }) => {
  it("has examples that its schema takes whole", () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(schema.parse(example)).toEqual(example);
  });

  it("says who sends it and what it is", () => {
    expect(["client", "server"]).toContain(from);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(summary).toMatch(/^[A-Z].*\.$/);
  });
});
