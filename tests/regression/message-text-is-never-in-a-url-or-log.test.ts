import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { openSse } from "../support/sse.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcOverHttp, trpcOverSocket } from "../support/trpc.ts";

const canary = "canary-7f3a";

test("a text is taken from the body only: in a query string it is not even read", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const inUrl = `receiver_id=${person.id}&content=${canary}`;
  expect((await person.call("POST", `/messages/?${inUrl}`)).status).toBe(422);
  const sent = await person.call("POST", "/messages/", { receiver_id: null, content: "first" });
  const { id } = (await sent.json()) as { id: number };
  expect((await person.call("PUT", `/messages/${id}?content=${canary}`)).status).toBe(422);
  expect(JSON.stringify(await (await person.call("GET", "/messages/")).json())).not.toContain(canary);
});

test("no text, password or token that passes through any surface is logged, in success or failure", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url, `${canary}-name`);
  const text = `${canary}-text`;
  const secrets = [canary, person.email, person.password, person.token, person.refreshToken];

  await person.call("POST", "/messages/", { receiver_id: null, content: text });
  await person.call("POST", "/messages/", { receiver_id: 999_999, content: text });
  await person.call("POST", "/messages/", { receiver_id: null, content: text, [canary]: text });
  await person.call("POST", "/messages/", { receiver_id: null, content: text }, { "idempotency-key": text });
  await person.call("PUT", "/messages/1", { content: text });
  await person.call("POST", "/users/broadcast", { message: text });
  await person.call("PUT", "/users/me", { email: `${canary}@example.com`, current_password: text });
  await person.call("POST", "/auth/token", { username: `${canary}@example.com`, password: text });
  await person.call("POST", "/auth/refresh", { refresh_token: person.refreshToken });
  await fetch(`${server.url}/messages/`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json" },
    body: `{"content":"${text}`,
  });
  // Clients that put them into a URL all the same.
  await fetch(`${server.url}/users/ws/${person.token}`);
  await fetch(`${server.url}/messages/ws?token=${person.token}`);
  await fetch(
    `${server.url}/trpc/messages.send?input=${encodeURIComponent(JSON.stringify({ content: text }))}`,
  );
  await fetch(
    `${server.url}/trpc/auth.me?connectionParams=${encodeURIComponent(JSON.stringify({ token: person.token }))}`,
  );

  const overHttp = trpcOverHttp(server, person.token);
  await overHttp.mutation("messages.send", { receiver_id: null, content: text });
  await overHttp
    .mutation("messages.send", { receiver_id: null, content: text, [canary]: 1 })
    .catch(() => undefined);
  await using socket = trpcOverSocket(server, person.token);
  await socket.client.messages.send.mutate({ receiver_id: null, content: text });
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
  chat.send({ type: "send_message", receiver_id: null, content: text });
  await chat.next(({ type }) => type === "new_message");
  chat.send({ type: "send_message", receiver_id: 999_999, content: text });
  await chat.next(({ type }) => type === "error");
  const activity = await openFrames(`${server.wsUrl}/users/ws/${person.token}`);
  const sse = await openSse(server.url, "events.stream", { token: person.token });
  await expect.poll(() => sse.events.length).toBeGreaterThan(1);
  sse.close();

  await server.storage.query("alter table messages rename to moved");
  expect((await person.call("POST", "/messages/", { receiver_id: null, content: text })).status).toBe(500);
  chat.send({ type: "send_message", receiver_id: null, content: text });
  expect(await chat.closed()).toBe(4000);
  activity.close();

  const log = JSON.stringify(server.logs);
  expect(log).toMatch(/no such table|does not exist/);
  expect(log).toContain("/users/ws/[redacted]");
  for (const secret of secrets) expect(log).not.toContain(secret);
});
