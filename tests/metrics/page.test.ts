import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startTestServer } from "../support/test-server.ts";

test("the operators' page tells of every metric that is the server's own, and of no other", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/metrics.md"), "utf8");
  await using server = await startTestServer();
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const served = [...text.matchAll(/^# TYPE (causerie_\w+) (\w+)$/gm)].map(([, name, kind]) => [name, kind]);
  const rows = [...page.matchAll(/^\| `(causerie_\w+)(?:\{.+?\})?` +\| (\w+)/gm)];
  expect(rows.map(([, name, kind]) => [name, kind]).sort()).toEqual(served.sort());
  // What alerts are made of exists.
  const names = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
  const alerts = page.slice(page.indexOf("## What to alert on"));
  const used = [...alerts.matchAll(/\b((?:causerie|nodejs|process)_\w+?)(?:_bucket)?\b/g)].map(([, n]) => n);
  expect(used.length).toBeGreaterThan(8);
  for (const name of used) expect(names, name).toContain(name);
});
