import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, signIn } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("a socket that is open when its session ends hears nothing more and can send nothing more", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const session = await signIn(server.url, person);
  const paths = [`/users/ws/${session.token}`, `/messages/ws?token=${session.token}`];
  const [activity, chat] = await Promise.all(paths.map((path) => openFrames(server.wsUrl + path)));
  chat!.send({ type: "ping" });
  await chat!.next(({ type }) => type === "pong");

  await session.call("POST", "/auth/logout");
  chat!.send({ type: "send_message", receiver_id: null, content: "after the end" });
  await person.call("POST", "/messages/", { receiver_id: null, content: "secret of the living" });
  await person.call("POST", "/users/broadcast", { message: "secret of the living" });

  expect(await Promise.all([activity!.closed(1000), chat!.closed(1000)])).toEqual([4001, 4001]);
  expect(JSON.stringify([activity!.frames, chat!.frames])).not.toContain("secret of the living");
  const stored = (await (await person.call("GET", "/messages/")).json()) as { content: string }[];
  expect(stored.map(({ content }) => content)).toEqual(["secret of the living"]);
});
