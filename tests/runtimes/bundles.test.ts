import type * as core from "@causerie/client";
import type * as hooks from "@causerie/client/react";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { bareRuntimes, loadIn } from "./bare-runtimes.ts";
import { buildClient, type BuiltClient } from "./built-client.ts";
import { bundle } from "./bundle.ts";

type Entry = typeof core & typeof hooks;

const entry = 'export * from "@causerie/client"; export * from "@causerie/client/react";';
const patience = 60_000;

let client: BuiltClient;
let server: TestServer;

beforeAll(async () => {
  [client, server] = await Promise.all([buildClient(), startTestServer()]);
}, patience);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe.each(bareRuntimes)("bundled for $name", (runtime) => {
  const hasSocket = runtime.globals.includes("WebSocket");
  const transport = hasSocket ? "websocket" : "sse";

  test(
    `it loads where there is only what is there, and calls, sends and hears over ${transport}`,
    async () => {
      const script = await bundle(client.folder, entry, runtime.conditions, "causerie");
      const { createClient, useMessages } = loadIn(runtime, script, "causerie") as Entry;
      expect(useMessages).toBeTypeOf("function");

      const paths: string[] = [];
      const asked: typeof fetch = async (input, init) => {
        paths.push(new URL(input instanceof Request ? input.url : input).pathname);
        const answer = await fetch(input, init);
        // There, answers have no stream.
        if (runtime.name === "React Native") Object.defineProperty(answer, "body", { value: undefined });
        return answer;
      };
      const user = createClient({ url: server.url, platform: { fetch: asked } });
      const account = {
        email: `${runtime.name.replace(/\W/g, "-")}@example.com`,
        password: "motdepasse123",
      };
      const { id } = await user.auth.register({ name: "Jean", ...account });
      await user.auth.login(account);
      const heard = new Promise<string>((resolve) => {
        user.events.subscribe({
          event(event) {
            if (event.type === "message.created") resolve(event.message.content);
          },
          resumed() {},
          caughtUp() {},
          reset: () => void user.outbox.send({ receiver_id: id, content: "Bonjour" }),
        });
      });
      expect(await heard).toBe("Bonjour");
      // What came right after the snapshot may have been told before the rest.
      await expect.poll(() => user.connection.getSnapshot()).toMatchObject({ state: "online", transport });
      await user.close();
      expect(paths.length).toBeGreaterThan(1);
    },
    patience,
  );
});

test("what needs Node's own modules is refused in such a bundle", async () => {
  const forNode = 'export * from "@causerie/client/node";';
  await expect(bundle(client.folder, forNode, ["browser"], "node")).rejects.toThrow(/node:\S+ is asked for/);
});
