import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "@causerie/client";
import { closeCodes } from "@causerie/shared";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFile(join(root, path), "utf8");

/** The methods of a resource, those of the groups within it with the group's name. */
function methodsOf(resource: object): string[] {
  return Object.entries(resource).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : methodsOf(value as object).map((method) => `${name}.${method}`),
  );
}

test("the client's README names every method of the client", async () => {
  const page = await read("packages/client/README.md");
  const client = createClient({ url: "http://127.0.0.1:1" });
  const notResources = new Set(["trpc", "setToken", "close"]);
  for (const [name, resource] of Object.entries(client).filter(([name]) => !notResources.has(name))) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`client.${name}\` `));
    expect(row, name).toBeDefined();
    for (const method of methodsOf(resource)) expect(row).toContain(`\`${method}\``);
  }
});

test("the README tells clients to stop at close codes after which they do not connect again", async () => {
  const [, listed = ""] = /or stop\s+\(([\d,\s]+)\)/.exec(await read("README.md")) ?? [];
  const final = Object.entries(closeCodes).filter(([, { duty }]) => duty === "give_up");
  const codes = listed.split(",").map((code) => code.trim());
  expect(codes).toEqual(final.map(([code]) => code));
});
