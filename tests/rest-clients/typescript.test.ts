import { test } from "vitest";
import { startTestServer } from "../support/test-server.ts";
import { expectOutcome } from "./outcome.ts";
import { createClientProject } from "./client-project.ts";

const patience = 90_000;

test(
  "openapi-fetch calls a running server with the types that openapi-typescript makes of its document",
  async () => {
    await using server = await startTestServer();
    await using project = await createClientProject("openapi-fetch");
    await project.tool("openapi-typescript/bin/cli.js", `${server.url}/openapi.json`, "-o", "causerie.d.ts");
    await project.compile("openapi-fetch.txt");
    expectOutcome(await project.call(server.url));
  },
  patience,
);

test(
  "the functions that @hey-api/openapi-ts makes of its document call a running server",
  async () => {
    await using server = await startTestServer();
    await using project = await createClientProject();
    await project.tool(
      "@hey-api/openapi-ts/bin/run.js",
      "-i",
      `${server.url}/openapi.json`,
      "-o",
      "causerie",
    );
    await project.compile("hey-api.txt");
    expectOutcome(await project.call(server.url));
  },
  patience,
);
