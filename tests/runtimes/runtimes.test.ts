import { copyFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCuttableProxy } from "../client/cuttable-proxy.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { buildClient, type BuiltClient } from "./built-client.ts";
import { runProgram } from "./run-program.ts";
import { runtimes } from "./runtimes.ts";

/** Kept as text, so that they are run with the built client only. */
const programs = resolve("tests/runtimes/programs");
const patience = 60_000;
/** How long a program may go on that has nothing left to do. */
const endsWithinMs = 5_000;

let client: BuiltClient;
let server: TestServer;

beforeAll(async () => {
  [client, server] = await Promise.all([buildClient(), startTestServer()]);
  for (const name of ["chat", "calls", "forgetful"])
    await copyFile(join(programs, `${name}.txt`), join(client.folder, `${name}.mjs`));
}, patience);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const emailFor = (...parts: readonly string[]) => `${parts.join("-").replace(/\W/g, "-")}@example.com`;

describe.concurrent.each(runtimes)("in $name", (runtime) => {
  test(
    "it hears and sends across a cut connection, shows the conversation, and lets the program end once it is closed",
    async () => {
      await using proxy = await startCuttableProxy(server.port);
      await using run = runProgram(
        runtime,
        client.folder,
        "chat.mjs",
        proxy.url,
        emailFor("chat", runtime.name),
      );
      const first = await run.line();
      if (first !== "cut me off") throw new Error((await run.ended).errors);
      proxy.cut();

      const last = await run.line();
      const { code, errors } = await Promise.race([
        run.ended,
        wait(endsWithinMs, { code: undefined, errors: "It goes on." }),
      ]);
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
      expect(JSON.parse(last ?? "")).toEqual({
        transport: "websocket",
        ways: ["no_cursor", expect.stringMatching(/^(resumed|caught up \d+)$/)],
        heard: ["one", "two"],
        shown: ["sent one", "sent two"],
      });
    },
    patience,
  );

  test(
    "a program that makes calls alone has nothing to close",
    async () => {
      await using run = runProgram(
        runtime,
        client.folder,
        "calls.mjs",
        server.url,
        emailFor("calls", runtime.name),
      );
      expect(await run.line()).toBe("sent");
      const end = wait(endsWithinMs, "It goes on.");
      expect(await Promise.race([run.ended, end])).toEqual({ code: 0, errors: "" });
    },
    patience,
  );

  test(
    "a program goes on that is signed in and does not close the client",
    async () => {
      const email = emailFor("forgetful", runtime.name);
      await using run = runProgram(runtime, client.folder, "forgetful.mjs", server.url, email);
      expect(await run.line()).toBe("signed in");
      await wait(1_000);
      expect(run.isRunning()).toBe(true);
    },
    patience,
  );
});
