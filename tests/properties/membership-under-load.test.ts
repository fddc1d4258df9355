import { expect } from "vitest";
import { openFrames } from "../support/frames.ts";
import { readLogTable } from "../support/log-table.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcCalls } from "../support/trpc.ts";
import { feeds } from "../transports/fixtures/feeds.ts";
import { polledFeed } from "../transports/fixtures/polled-feed.ts";
import { makeBusy, sendsToGroup, sendsToLobby } from "./support/busy-group.ts";
import { judgeDeliveries } from "./support/judge-deliveries.ts";
import { readMembershipLog } from "./support/membership-log.ts";
import { testRandomly } from "./support/random.ts";
import { heard, startRecorder } from "./support/recorder.ts";

const names = ["Ada", "Blaise", "Chloé", "Denis", "Emma", "Farid", "Gilles", "Hugo"];
const carriers = [...feeds, polledFeed];
const theEnd = "the end";

testRandomly("only whoever is a member at a place in the log hears of it, under load", 1, async (random) => {
  await using server = await startTestServer();
  const people = await Promise.all(names.map((name) => createPerson(server.url, name)));
  // The last of them is never let in.
  const [ada, blaise, chloe, ...guests] = people.slice(0, -1) as [Person, Person, Person, ...Person[]];
  const asAda = trpcCalls(server, ada.token);
  const { cursor } = await asAda.bootstrap.query();
  const members = { member_ids: [blaise.id, chloe.id] };
  const { id: group } = await asAda.conversations.create.mutate({ kind: "group", name: "Busy", ...members });

  /** Everybody listens, over one carrier or another, from before the group was made. */
  const listen = (offset: number) =>
    Promise.all(
      people.map((person, index) => startRecorder(carriers[(index + offset) % 3]!, server, person, cursor)),
    );
  const recorders = await listen(0);
  // Clients of the seed would take a group's message for one to everybody.
  const chats = await Promise.all(
    [ada, guests[0]!].map(({ token }) => openFrames(`${server.wsUrl}/messages/ws?token=${token}`)),
  );
  for (const chat of chats) {
    chat.send({ type: "ping" });
    await chat.next(({ type }) => type === "pong");
  }

  const histories = await makeBusy({ server, group, writers: [ada, blaise], guests, recorders }, random);
  await asAda.messages.send.mutate({ receiver_id: null, content: theEnd });
  // What is replayed from the start is judged as what came live.
  const all = [...recorders, ...(await listen(1))];
  for (const recorder of all)
    await expect.poll(() => heard(recorder, theEnd), { interval: 50, timeout: 30_000 }).toBe(true);

  const founders = [ada, blaise, chloe].map(({ id }) => id);
  const log = readMembershipLog(await readLogTable(server), group, founders, histories);
  expect(log.messages.filter(({ type }) => type === "message.created")).toHaveLength(sendsToGroup);
  for (const { id } of guests) expect(log.stays(id)).toHaveLength(histories.get(id)!.length);
  // There was something to leak: messages of before somebody came, edited while they were in.
  const hidden = log.messages.filter((row) =>
    guests.some(({ id }) => log.seqOf(row) <= (log.stayAt(id, row.position)?.since ?? 0)),
  );
  expect(hidden.length).toBeGreaterThan(0);

  for (const recorder of all) judgeDeliveries(recorder, group, log);
  for (const recorder of all) await recorder.close();

  for (const { frames, close } of chats) {
    const texts = () => frames.map(({ content }) => String(content));
    await expect.poll(texts).toContain(theEnd);
    expect(texts().filter((text) => text.startsWith("group"))).toEqual([]);
    expect(texts().filter((text) => text === "lobby")).toHaveLength(sendsToLobby);
    close();
  }
});
