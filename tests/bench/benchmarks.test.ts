import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { benchmarks } from "../../bench/benchmarks.ts";
import { arePeersInstalled } from "../../bench/lib/peers.ts";
import { performancePage } from "../../bench/lib/performance-page.ts";
import type { Results } from "../../bench/lib/results.ts";

const docs = resolve(import.meta.dirname, "../../docs");
const read = (name: string) => readFileSync(`${docs}/${name}`, "utf8");

// Elsewhere than in CI nobody should wait for packages that only the comparison needs.
const peers = process.env["CI"] === "true" || arePeersInstalled();

describe("each benchmark runs to its end and has a figure for every cell of its table", () => {
  it.each(benchmarks)("$name", { timeout: 180_000 }, async ({ name, run }) => {
    const said: string[] = [];
    const progress = (text: string) => void said.push(text);
    // One benchmark on both engines shows that both can be measured.
    const sqliteOnly = name !== "resume-cost";
    const result = await run({ rounds: 1, seconds: 0.3, scale: 0.01, peers, sqliteOnly, progress });

    expect(result.rows.length, said.join("\n")).toBeGreaterThan(0);
    for (const { name, figures } of result.rows) {
      for (const { key } of result.columns)
        expect(figures[key], `${name}: ${key}`).toSatisfy(Number.isFinite);
    }
    expect(result.targets.length).toBeGreaterThan(0);
    for (const { what, measured } of result.targets) expect(measured, what).toSatisfy(Number.isFinite);
  });
});

it("docs/performance.md says what docs/performance.json says", async () => {
  const page = read("performance.md");
  expect(await performancePage(page, JSON.parse(read("performance.json")) as Results)).toBe(page);
});
