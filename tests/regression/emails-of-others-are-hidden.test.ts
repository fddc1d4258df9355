import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcOverSocket } from "../support/trpc.ts";

test("nobody is shown anybody else's e-mail address, on any surface", async () => {
  await using server = await startTestServer();
  const observer = await createPerson(server.url, "Observer");
  await using socket = trpcOverSocket(server, observer.token);
  const heard: unknown[] = [];
  socket.client.events.stream.subscribe({}, { onData: (item) => heard.push(item) });
  socket.client.presence.stream.subscribe(undefined, { onData: (event) => heard.push(event) });
  await expect.poll(() => heard.length).toBeGreaterThan(1);
  const activity = await openFrames(`${server.wsUrl}/users/ws/${observer.token}`);
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${observer.token}`);

  const person = await createPerson(server.url, "Somebody Else");
  const theirs = await openFrames(`${server.wsUrl}/users/ws/${person.token}`);
  await person.call("POST", "/messages/", { receiver_id: observer.id, content: "hello" });
  await person.call("POST", "/users/broadcast", { message: "hello all" });
  await person.call("PUT", "/users/me", { name: "Renamed" });
  await activity.next(({ type }) => type === "broadcast");
  await chat.next(({ type }) => type === "new_message");
  await expect.poll(() => JSON.stringify(heard)).toContain("user.updated");

  const read: unknown[] = [];
  for (const path of [
    "/users/",
    `/users/${person.id}`,
    "/users/?query=somebody",
    "/messages/",
    `/messages/conversation/${person.id}`,
    "/conversations",
    "/users/active/list",
  ]) {
    read.push(await (await observer.call("GET", path)).json());
  }
  const everything = JSON.stringify([heard, activity.frames, chat.frames, read]);
  expect(everything).toContain("Renamed");
  expect(everything).not.toContain(person.email);
  expect(everything).not.toContain(`"email"`);
  for (const { close } of [activity, chat, theirs]) close();
});

test("nobody is found by their e-mail address", async () => {
  await using server = await startTestServer();
  const [observer, person] = [await createPerson(server.url), await createPerson(server.url)];
  const found = await observer.call("GET", `/users/?query=${encodeURIComponent(person.email)}`);
  expect(await found.json()).toEqual([]);
});
