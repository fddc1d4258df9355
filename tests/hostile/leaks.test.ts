import { describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { startServerProcess } from "../support/server-process.ts";
import { expectNoLeak } from "./expect-no-leak.ts";

describe.concurrent.each([undefined, "production", "development"])("with NODE_ENV %s", (NODE_ENV) => {
  test("no error body shows the server's inside, not even when its database is broken", async () => {
    await using server = await startServerProcess({ NODE_ENV });
    const person = await createPerson(server.url);
    const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
    const socket = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
    socket.send({ method: "connectionParams", data: { token: person.token } });
    const message = { receiver_id: person.id, content: "x" };
    const rpc = (name: string, method: string, input?: unknown) => ({
      id: 1,
      method,
      params: { path: name, input },
    });

    const collect = async () => [
      await person.call("GET", "/messages/"),
      await person.call("POST", "/messages/", message),
      await person.call("POST", "/messages/", { content: 1 }),
      await person.call("PUT", "/messages/1", { content: "y" }),
      await person.call("GET", "/nothing"),
      await person.call("PATCH", "/messages/"),
      await person.call("GET", "/users/?limit=x"),
      await person.call("GET", "/trpc/messages.list?input=%7B%7D"),
      await person.call("GET", "/trpc/nothing"),
      await person.call("POST", "/trpc/messages.send", message),
      await person.call("GET", "/trpc/users.list,messages.list?batch=1&input=%7B%7D"),
      await fetch(`${server.url}/messages/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{",
      }),
    ];
    const check = async (answers: readonly Response[]) => {
      const statuses = [];
      for (const answer of answers) {
        expectNoLeak(await answer.text());
        statuses.push(answer.status);
      }
      return statuses;
    };

    expect(Math.max(...(await check(await collect())))).toBeLessThan(500);

    // Behind the server's back, so that it meets what it cannot expect.
    await server.storage.query("alter table messages rename to lost");

    const statuses = await check(await collect());
    expect(statuses.filter((status) => status === 500).length).toBeGreaterThan(4);
    socket.send(rpc("messages.list", "query", {}));
    socket.send(rpc("messages.send", "mutation", message));
    for (let answers = 0; answers < 2; answers += 1) {
      const answer = JSON.stringify(await socket.next((frame) => "error" in frame));
      expect(answer).toContain("INTERNAL_SERVER_ERROR");
      expectNoLeak(answer);
    }
    chat.send({ type: "send_message", ...message });
    expect(await chat.closed()).toBe(4000);
    for (const frame of chat.frames) expectNoLeak(JSON.stringify(frame));
    // What the caller may not read is what the operator needs.
    expect(server.stdout.join("\n")).toMatch(/no such table|does not exist/);
    expect(server.isAlive()).toBe(true);
  });
});
