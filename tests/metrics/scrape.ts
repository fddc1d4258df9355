import { expect } from "vitest";

/** One value of the text format: its name, its labels and the number. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sample = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/;
const label = /([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/** Reads the text format of Prometheus, and fails at anything that is not it. */
export function parseMetrics(text: string): Sample[] {
  const described = new Set<string>();
  const samples: Sample[] = [];
  expect(text.endsWith("\n")).toBe(true);
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const comment = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/.exec(line);
    if (comment) {
      if (comment[1] === "TYPE") expect(["counter", "gauge", "histogram", "summary"]).toContain(comment[3]);
      described.add(`${comment[1]} ${comment[2]}`);
      continue;
    }
    const [, name = "", labels = "", value = ""] = sample.exec(line) ?? expect.fail(`not a sample: ${line}`);
    const family = name.replace(/_(bucket|sum|count)$/, "");
    for (const kind of ["HELP", "TYPE"])
      expect(described.has(`${kind} ${family}`) || described.has(`${kind} ${name}`), line).toBe(true);
    expect(labels.replace(label, ""), line).toBe("");
    const pairs = [...labels.matchAll(label)].map(([, key = "", text = ""]) => [key, text] as const);
    expect(value).toMatch(/^(-?\d+(\.\d+)?(e[+-]?\d+)?|[+-]Inf|Nan)$/i);
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value) });
  }
  return samples;
}

/** The samples of a server, as its own machine sees them. */
export async function scrape({ url }: { readonly url: string }): Promise<Sample[]> {
  const answer = await fetch(`${url}/metrics`);
  expect(answer.status).toBe(200);
  return parseMetrics(await answer.text());
}

/** The value with these labels; 0 when there is none yet, as a counter's first. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = samples.filter(
    (each) => each.name === name && Object.entries(labels).every(([key, text]) => each.labels[key] === text),
  );
  return found.reduce((sum, { value }) => sum + value, 0);
}
