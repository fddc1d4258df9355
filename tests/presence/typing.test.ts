import { limits, rateLimits } from "@causerie/shared";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcCalls } from "../support/trpc.ts";
import { createVirtualClock } from "@causerie/server/testing";
import { watch } from "./watching.ts";

const clock = createVirtualClock();
let server: TestServer;
let ada: Person;
let blaise: Person;
let chloe: Person;
beforeAll(async () => {
  server = await startTestServer({}, { clock });
  ada = await createPerson(server.url, "Ada");
  blaise = await createPerson(server.url, "Blaise");
  chloe = await createPerson(server.url, "Chloé");
});
afterAll(() => server[Symbol.asyncDispose]());

/** A group of Ada's. */
async function group(...members: Person[]): Promise<number> {
  const body = { kind: "group", name: "Équipe", member_ids: members.map(({ id }) => id) };
  return ((await (await ada.call("POST", "/conversations", body)).json()) as { id: number }).id;
}

const type = (person: Person, conversation_id: number, typing = true) =>
  trpcCalls(server, person.token).typing.set.mutate({ conversation_id, typing });

test("others in the conversation hear who types, and the one who types does not", async () => {
  const id = await group(blaise, chloe);
  const [adas, blaises] = [
    await watch(server, ada, { conversation_ids: [id] }),
    await watch(server, blaise, { conversation_ids: [id] }),
  ];
  const state = await type(blaise, id);
  expect(state).toEqual({
    conversation_id: id,
    typing: true,
    expires_at: new Date(clock.now() + limits.typingMs).toISOString(),
  });
  await expect.poll(() => adas.events().at(-1)).toEqual({ type: "typing", user_id: blaise.id, ...state });
  expect(await type(blaise, id, false)).toMatchObject({ typing: false, expires_at: null });
  await expect.poll(() => adas.typingIn(id)).toEqual([`${blaise.id}:true`, `${blaise.id}:false`]);
  // Of nobody who typed it need not be said that they do not.
  await type(chloe, id, false);
  await adas.settled();
  expect(adas.typingIn(id)).toHaveLength(2);
  await blaises.settled();
  expect(blaises.typingIn(id)).toEqual([]);
  await Promise.all([adas.close(), blaises.close()]);
});

test("it expires unless it is said again", async () => {
  const id = await group(blaise);
  const adas = await watch(server, ada, { conversation_ids: [id] });
  await type(blaise, id);
  clock.skip(limits.typingMs - 1000);
  await type(blaise, id);
  clock.skip(limits.typingMs - 1);
  await adas.settled();
  expect(adas.typingIn(id)).toEqual([`${blaise.id}:true`, `${blaise.id}:true`]);
  clock.skip(1);
  await expect.poll(() => adas.typingIn(id).at(-1)).toBe(`${blaise.id}:false`);
  await adas.close();
});

test.for(["tRPC", "the chat socket"])("sending a message over %s ends it", async (surface) => {
  const sent = (await (
    await ada.call("POST", "/messages/", { receiver_id: blaise.id, content: "1" })
  ).json()) as {
    conversation_id: number;
  };
  const id = sent.conversation_id;
  const adas = await watch(server, ada, { conversation_ids: [id] });
  await type(blaise, id);
  if (surface === "tRPC") {
    await trpcCalls(server, blaise.token).messages.send.mutate({ conversation_id: id, content: "2" });
  } else {
    const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${blaise.token}`);
    chat.send({ type: "send_message", receiver_id: ada.id, content: "2" });
    await chat.next((frame) => frame.type === "new_message");
    chat.close();
  }
  await expect.poll(() => adas.typingIn(id)).toEqual([`${blaise.id}:true`, `${blaise.id}:false`]);
  await adas.close();
});

test("whoever begins to listen hears who types already", async () => {
  const id = await group(blaise);
  await type(blaise, id);
  const adas = await watch(server, ada, { conversation_ids: [id] });
  await expect.poll(() => adas.typingIn(id)).toEqual([`${blaise.id}:true`]);
  await adas.close();
});

test("a stranger neither types nor hears, and is told which conversations they hear", async () => {
  const [theirs, lobby] = [await group(blaise), 1];
  await type(blaise, theirs);
  const strangers = await watch(server, chloe, { conversation_ids: [theirs, lobby, 999_999] });
  expect(strangers.events()[0]).toMatchObject({ conversation_ids: [lobby] });
  const adas = await watch(server, ada, { conversation_ids: [theirs] });
  await type(blaise, theirs);
  await expect.poll(() => adas.typingIn(theirs).length).toBeGreaterThan(1);
  await type(blaise, lobby);
  await expect.poll(() => strangers.typingIn(lobby)).toEqual([`${blaise.id}:true`]);
  expect(strangers.typingIn(theirs)).toEqual([]);
  for (const conversation of [theirs, 999_999])
    await expect(type(chloe, conversation)).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
  await Promise.all([strangers.close(), adas.close()]);
});

test("an ex-member hears nothing more, from the answer to the removal on", async () => {
  const id = await group(blaise, chloe);
  const [blaises, chloes] = [
    await watch(server, blaise, { conversation_ids: [id] }),
    await watch(server, chloe, { conversation_ids: [id] }),
  ];
  await type(ada, id);
  await expect.poll(() => chloes.typingIn(id)).toEqual([`${ada.id}:true`]);
  await ada.call("DELETE", `/conversations/${id}/members/${chloe.id}`);
  await type(ada, id, false);
  await type(ada, id);
  await expect.poll(() => blaises.typingIn(id).at(-1)).toBe(`${ada.id}:true`);
  await expect.poll(() => blaises.typingIn(id).length).toBeGreaterThan(1);
  await chloes.settled();
  expect(chloes.typingIn(id)).toEqual([`${ada.id}:true`]);
  await Promise.all([blaises.close(), chloes.close()]);
});

describe("PUT /conversations/{conversation_id}/typing", () => {
  test("is the same for REST callers, in forms too", async () => {
    const id = await group(blaise);
    const adas = await watch(server, ada, { conversation_ids: [id] });
    const answer = await blaise.call("PUT", `/conversations/${id}/typing`, { typing: true });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { conversation_id: id, typing: true, expires_at: expect.any(String) as string },
    ]);
    const form = await fetch(`${server.url}/conversations/${id}/typing`, {
      method: "PUT",
      headers: { authorization: `Bearer ${blaise.token}` },
      body: new URLSearchParams({ typing: "false" }),
    });
    expect([form.status, await form.json()]).toEqual([
      200,
      { conversation_id: id, typing: false, expires_at: null },
    ]);
    await expect.poll(() => adas.typingIn(id)).toEqual([`${blaise.id}:true`, `${blaise.id}:false`]);
    for (const body of [{}, { typing: "yes" }, { typing: 1 }, { typing: true, user_id: ada.id }])
      expect((await blaise.call("PUT", `/conversations/${id}/typing`, body)).status).toBe(422);
    await adas.close();
  });
});

test("it is limited, and nothing of it is in the log of events or of the server", async () => {
  await using limited = await startTestServer({ RATE_LIMIT: "on" });
  const person = await createPerson(limited.url);
  const events = await watch(limited, person, {});
  const api = trpcCalls(limited, person.token);
  const before = (await api.bootstrap.query()).cursor;
  const { quota } = rateLimits.typing.windows[0];
  for (let n = 0; n < quota; n += 1) await api.typing.set.mutate({ conversation_id: 1, typing: true });
  await expect(api.typing.set.mutate({ conversation_id: 1, typing: true })).rejects.toMatchObject({
    data: { code: "RATE_LIMITED" },
  });
  expect((await api.bootstrap.query()).cursor).toBe(before);
  expect(JSON.stringify(limited.logs)).not.toContain('"typing":true');
  await events.close();
});
