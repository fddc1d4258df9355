import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { openSse } from "../support/sse.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcOverSocket } from "../support/trpc.ts";

test("a message to oneself comes once to each of one's connections, and is listed once", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const chats = [1, 2].map(() => openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`));
  const [one, two] = await Promise.all(chats);
  await using socket = trpcOverSocket(server, person.token);
  const events: string[] = [];
  socket.client.events.stream.subscribe({}, { onData: ({ data }) => events.push(data.type) });
  const sse = await openSse(server.url, "events.stream", { token: person.token });
  await expect.poll(() => [events.length, sse.events.length]).toEqual([1, 2]);

  one!.send({ type: "send_message", receiver_id: person.id, content: "note" });
  await person.call("POST", "/messages/", { receiver_id: person.id, content: "the last note" });
  for (const chat of [one!, two!]) {
    await chat.next(({ content }) => content === "the last note");
    expect(chat.frames.map(({ content }) => content)).toEqual(["note", "the last note"]);
  }
  const created = () => events.filter((type) => type === "message.created").length;
  await expect.poll(created).toBe(2);
  const overSse = () =>
    sse.events.filter(({ data }) => JSON.stringify(data ?? null).includes("message.created")).length;
  await expect.poll(overSse).toBe(2);
  expect(await (await person.call("GET", "/messages/")).json()).toHaveLength(2);
  expect(await (await person.call("GET", `/messages/conversation/${person.id}`)).json()).toHaveLength(2);
  for (const chat of [one!, two!]) chat.close();
  sse.close();
});
