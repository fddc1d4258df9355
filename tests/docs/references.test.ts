import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeCodes, errors } from "@causerie/shared";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const committed = join(root, "docs/reference");
const generate = (...args: string[]) => run(process.execPath, [join(root, "scripts/generate.ts"), ...args]);
const names = [
  "asyncapi.json",
  "authorization.md",
  "configuration.md",
  "errors.md",
  "limits.md",
  "openapi.json",
];

describe("the committed references", () => {
  it("are what the code says, and nothing else is beside them", async () => {
    await expect(generate("--check")).resolves.toMatchObject({ stderr: "" });
    expect((await readdir(committed)).sort()).toEqual(names);
  });

  it("hold every error, every close code and every setting", async () => {
    const page = await readFile(join(committed, "errors.md"), "utf8");
    for (const code of Object.keys(errors)) expect(page).toContain(`| \`${code}\` `);
    for (const code of Object.keys(closeCodes)) expect(page).toContain(`\n| ${code} `);
    const configuration = await readFile(join(committed, "configuration.md"), "utf8");
    for (const row of [
      /\| `PORT` +\| `8000` /,
      /\| `SEED_TOKEN_TTL` +\| `24h` /,
      /\| `RATE_LIMIT` +\| `on` /,
    ]) {
      expect(configuration).toMatch(row);
    }
  });
});

describe("the check", () => {
  let copy: string;
  const refusals = names
    .map((name) => `docs/reference/${name} is not what the code says: run \`pnpm generate\` and commit it.\n`)
    .join("");

  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), "causerie-references-"));
  });
  afterEach(() => rm(copy, { recursive: true }));

  it("names each file that is missing", async () => {
    await expect(generate("--check", copy)).rejects.toMatchObject({ code: 1, stderr: refusals });
  });

  it("names each file that is stale, and none once they are made anew", async () => {
    await cp(committed, copy, { recursive: true });
    for (const name of names) {
      const path = join(copy, name);
      await writeFile(path, (await readFile(path, "utf8")).replace("the", "a"));
    }
    await expect(generate("--check", copy)).rejects.toMatchObject({ code: 1, stderr: refusals });
    await generate(copy);
    await expect(generate("--check", copy)).resolves.toMatchObject({ stderr: "" });
  });
});
