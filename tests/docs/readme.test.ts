import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient, type Client } from "@causerie/client";
import { closeCodes } from "@causerie/shared";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFile(join(root, path), "utf8");

/** The methods of a resource, those of the groups within it with the group's name. */
function methodsOf(resource: object): string[] {
  return Object.entries(resource).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : methodsOf(value as object).map((method) => `${name}.${method}`),
  );
}

/** What is offered of those parts of the client that are more inside than they show. */
const offered = {
  connection: { connect: 0, disconnect: 0, getSnapshot: 0, subscribe: 0 },
  outbox: { send: 0, cancel: 0, retry: 0, discard: 0, getSnapshot: 0, subscribe: 0 },
  stores: { list: 0, conversation: 0, presence: 0, typing: 0 },
} satisfies { [Part in "connection" | "outbox" | "stores"]: Record<keyof Client[Part], 0> };

test("the client's README names every method of the client", async () => {
  const page = await read("packages/client/README.md");
  const { trpc: _trpc, close: _close, ...parts } = createClient({ url: "http://127.0.0.1:1" });
  for (const [name, part] of Object.entries(parts)) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`client.${name}\` `));
    expect(row, name).toBeDefined();
    const methods = name in offered ? Object.keys(offered[name as keyof typeof offered]) : methodsOf(part);
    for (const method of methods) expect(row).toContain(`\`${method}\``);
  }
});

test("the README tells clients to stop at close codes after which they do not connect again", async () => {
  const [, listed = ""] = /or stop\s+\(([\d,\s]+)\)/.exec(await read("README.md")) ?? [];
  const final = Object.entries(closeCodes).filter(([, { duty }]) => duty === "give_up");
  const codes = listed.split(",").map((code) => code.trim());
  expect(codes).toEqual(final.map(([code]) => code));
});
