import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

const subscribe = (lastEventId: string) => ({
  id: 1,
  method: "subscription",
  params: { path: "events.stream", input: { lastEventId } },
});

test("a long replay leaves the event loop to everybody else", async () => {
  await using server = await startTestServer();
  const jean = await createPerson(server.url);
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${jean.token}`);
  const count = 5_000;
  for (let n = 0; n < count; n += 1) {
    chat.send({ type: "send_message", receiver_id: null, content: `message ${n}` });
  }
  await expect.poll(() => chat.frames.length, { timeout: 30_000 }).toBe(count);
  chat.close();

  const live = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
  live.send({ method: "connectionParams", data: { token: jean.token } });
  live.send({ id: 0, method: "subscription", params: { path: "events.stream" } });
  const first = await live.next((frame) => JSON.stringify(frame).includes("heartbeat"));
  const epoch = /"([A-Za-z0-9_-]+):\d+"/.exec(JSON.stringify(first))?.[1];
  live.send(subscribe(`${epoch}:0`));
  await live.next((frame) => frame["id"] === 1 && JSON.stringify(frame).includes("message.created"));
  // Answered while the replay runs, not after it.
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const replayed = () =>
    live.frames.filter((frame) => JSON.stringify(frame).includes("message.created")).length;
  expect(replayed()).toBeLessThan(count);
  await expect.poll(replayed, { timeout: 30_000 }).toBe(count);
  live.close();
});
