import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { startServerProcess } from "../support/server-process.ts";

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s closes sockets with 1012, ends streams and exits 0 within 10 seconds",
  async (signal) => {
    await using server = await startServerProcess();
    const jean = await createPerson(server.url);
    const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${jean.token}`);
    const activity = await openFrames(`${server.wsUrl}/users/ws/${jean.token}`);
    const trpc = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
    trpc.send({ method: "connectionParams", data: { token: jean.token } });
    trpc.send({ id: 1, method: "subscription", params: { path: "events.stream" } });
    await trpc.next();
    const stream = await fetch(`${server.url}/trpc/events.stream`, {
      headers: { authorization: `Bearer ${jean.token}`, accept: "text/event-stream" },
    });
    expect(stream.status).toBe(200);

    const started = Date.now();
    server.kill(signal);
    expect(await Promise.all([chat.closed(), activity.closed(), trpc.closed()])).toEqual([1012, 1012, 1012]);
    const { code } = await server.exited;
    expect(code).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    await stream.text().catch(() => "cut");
  },
);

test("a stop finishes the calls under way, and what they acknowledged is there after a restart", async () => {
  await using server = await startServerProcess();
  const jean = await createPerson(server.url);
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${jean.token}`);
  const count = 200;
  for (let n = 0; n < count; n += 1) {
    chat.send({ type: "send_message", receiver_id: jean.id, content: `message ${n}` });
  }
  const calls = Array.from({ length: 20 }, (_, n) =>
    jean
      .call("POST", "/messages/", { receiver_id: null, content: `call ${n}` })
      .then((answer) => answer.status),
  );
  await chat.next();
  server.kill("SIGTERM");
  const statuses = await Promise.allSettled(calls);
  await chat.closed();
  expect((await server.exited).code).toBe(0);

  await using again = await startServerProcess({}, { storage: server.storage });
  const listed = (await (
    await fetch(`${again.url}/messages/`, { headers: { authorization: `Bearer ${jean.token}` } })
  ).json()) as { content: string }[];
  const contents = new Set(listed.map((message) => message.content));
  for (const frame of chat.frames) {
    if (frame.type === "new_message") expect(contents).toContain(frame["content"]);
  }
  // A seed client has no other acknowledgement than the message itself.
  const delivered = new Set(chat.frames.map((frame) => frame["content"]));
  for (const { content } of listed) if (content.startsWith("message")) expect(delivered).toContain(content);
  for (const [n, status] of statuses.entries()) {
    if (status.status === "fulfilled" && status.value === 201) expect(contents).toContain(`call ${n}`);
  }
});

test("not one acknowledged message is lost when the process is killed", async () => {
  await using server = await startServerProcess();
  const jean = await createPerson(server.url);
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${jean.token}`);
  let sent = 0;
  const send = () => {
    sent += 1;
    chat.send({ type: "send_message", receiver_id: jean.id, content: `message ${sent}` });
  };
  chat.socket.on("message", send);
  for (let n = 0; n < 8; n += 1) send();
  await expect.poll(() => chat.frames.length, { timeout: 10_000 }).toBeGreaterThan(300);
  server.kill("SIGKILL");
  await chat.closed();
  await server.exited;

  await using again = await startServerProcess({}, { storage: server.storage });
  const listed = (await (
    await fetch(`${again.url}/messages/`, { headers: { authorization: `Bearer ${jean.token}` } })
  ).json()) as { id: number; seq: number; content: string }[];
  const stored = new Map(listed.map((message) => [message.id, message]));
  for (const frame of chat.frames.slice(-500)) {
    expect(stored.get(frame["id"] as number)?.content).toBe(frame["content"]);
  }
  const seqs = listed.map((message) => message.seq);
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] as number) + index));
});
