import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startTestServer } from "../support/test-server.ts";
import { createClientProject } from "./client-project.ts";
import { expectOutcome } from "./outcome.ts";
import { readSection } from "./page.ts";

const generators = {
  "openapi-typescript": { script: "openapi-typescript/bin/cli.js", needs: ["openapi-fetch"] },
  "@hey-api/openapi-ts": { script: "@hey-api/openapi-ts/bin/run.js", needs: [] },
};

test.concurrent.each([
  ["openapi-typescript", "openapi-fetch.txt", "Types for fetch"],
  ["@hey-api/openapi-ts", "hey-api.txt", "A function for each operation"],
] as const)(
  "what %s makes of its document type-checks and calls a running server, as the page says",
  async (generator, program, heading) => {
    const { script, needs } = generators[generator];
    const section = await readSection(heading);
    expect(await readFile(`tests/rest-clients/programs/${program}`, "utf8")).toContain(section.code);

    await using server = await startTestServer();
    await using project = await createClientProject(...needs);
    const [npx, name, ...args] = section.command(server.url);
    expect([npx, name]).toEqual(["npx", generator]);
    await project.tool(script, ...args);
    await project.compile(program);
    expectOutcome(await project.call(server.url));
  },
  240_000,
);
