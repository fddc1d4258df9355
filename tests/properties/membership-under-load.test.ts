import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { openFrames } from "../support/frames.ts";
import { readLogTable, type LogRow } from "../support/log-table.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcCalls, trpcOverSocket } from "../support/trpc.ts";
import { feeds } from "../transports/fixtures/feeds.ts";
import { readMembershipLog } from "./support/membership-log.ts";
import { testRandomly } from "./support/random.ts";
import { heard, startRecorder, type Recorder } from "./support/recorder.ts";

/** 500 messages a second, for three seconds where the machine keeps up. */
const bursts = 150;
const burstSize = 10;
const burstMs = 20;
const theEnd = "the end";

testRandomly(
  "only members of the moment hear of a group, while people come and go under load",
  1,
  async (random) => {
    await using server = await startTestServer();
    const people = await Promise.all(
      ["Ada", "Blaise", "Chloé", "Denis", "Emma", "Farid", "Gilles", "Hugo"].map((name) =>
        createPerson(server.url, name),
      ),
    );
    const [ada, blaise] = people as [Person, Person];
    const residents = people.slice(0, 3);
    const guests = people.slice(3, 7);
    const asAda = trpcCalls(server, ada.token);
    const { cursor } = await asAda.bootstrap.query();
    const { id: group } = await asAda.conversations.create.mutate({
      kind: "group",
      name: "Busy",
      member_ids: residents.slice(1).map(({ id }) => id),
    });

    const recorders = await Promise.all(
      people.map((person, index) => startRecorder(feeds[index % 2]!, server, person, cursor)),
    );
    // Clients of the seed would take a group's message for one to everybody.
    const chats = await Promise.all(
      [ada, guests[0]!].map(({ token }) => openFrames(`${server.wsUrl}/messages/ws?token=${token}`)),
    );

    await using adaSocket = trpcOverSocket(server, ada.token);
    await using blaiseSocket = trpcOverSocket(server, blaise.token);
    const sockets = [adaSocket.client, blaiseSocket.client];
    // What a client is asked before its socket is open, it sends in one batch, which may be too large.
    for (const client of sockets) await client.auth.me.query();
    const mine: { id: number; by: number }[] = [];
    let burst = 0;
    const sending = () => burst < bursts;

    async function sendAll(): Promise<void> {
      const sent: Promise<unknown>[] = [];
      for (; sending(); burst += 1) {
        for (let n = 0; n < burstSize; n += 1) {
          const by = n % 2;
          const message = { conversation_id: group, content: `group ${burst}.${n}` };
          sent.push(sockets[by]!.messages.send.mutate(message).then(({ id }) => mine.push({ id, by })));
        }
        if (mine.length > 0) {
          const { id, by } = random.pick(mine);
          const edit = { message_id: id, content: `group edit ${burst}` };
          sent.push(sockets[by]!.messages.edit.mutate(edit));
        }
        if (burst % 50 === 0) sent.push(asAda.messages.send.mutate({ receiver_id: null, content: "lobby" }));
        await pause(burstMs);
      }
      await Promise.all(sent);
    }

    const histories = new Map<number, ("none" | "all")[]>(guests.map(({ id }) => [id, []]));
    async function comeIn(guest: Person): Promise<void> {
      const history = random.happens(0.7) ? "none" : "all";
      histories.get(guest.id)!.push(history);
      const added = { conversation_id: group, user_ids: [guest.id], history };
      await asAda.conversations.members.add.mutate(added);
    }

    async function goOut(guest: Person): Promise<void> {
      const of = { conversation_id: group };
      if (random.happens(0.5)) await trpcCalls(server, guest.token).conversations.leave.mutate(of);
      else await asAda.conversations.members.remove.mutate({ ...of, user_id: guest.id });
    }

    /** Half of them stay for the last third, the others end outside. */
    async function comeAndGo(guest: Person, index: number): Promise<void> {
      const stays = index % 2 === 0;
      while (stays ? burst < (bursts * 2) / 3 : sending()) {
        await comeIn(guest);
        await pause(random.below(80));
        await goOut(guest);
        await pause(random.below(40));
      }
      if (stays) await comeIn(guest);
    }

    async function loseConnections(): Promise<void> {
      while (sending()) {
        await random.pick(recorders).reconnect();
        await pause(random.below(60));
      }
    }

    await Promise.all([sendAll(), loseConnections(), ...guests.map(comeAndGo)]);
    await asAda.messages.send.mutate({ receiver_id: null, content: theEnd });

    // Once more from the start, to all: what is replayed is judged as what came live.
    const replays = await Promise.all(
      people.map((person, index) => startRecorder(feeds[(index + 1) % 2]!, server, person, cursor)),
    );
    for (const recorder of [...recorders, ...replays])
      await expect.poll(() => heard(recorder, theEnd), { interval: 50, timeout: 30_000 }).toBe(true);

    const log = await readLogTable(server);
    const rows = new Map(log.map((row) => [row.position, row]));
    const founders = residents.map(({ id }) => id);
    const membership = readMembershipLog(log, group, founders, histories);
    const isMessage = ({ type }: LogRow) => type.startsWith("message.");
    const messages = membership.entries.filter(isMessage);
    expect(messages.filter(({ type }) => type === "message.created")).toHaveLength(bursts * burstSize);
    for (const { id } of guests) expect(membership.stays(id)).toHaveLength(histories.get(id)!.length);

    // Something was there to leak: messages of before they came, edited while they were in.
    const hidden = messages.filter((row) =>
      guests.some(({ id }) => membership.seqOf(row) <= (membership.stayAt(id, row.position)?.since ?? 0)),
    );
    expect(hidden.length).toBeGreaterThan(0);

    for (const recorder of [...recorders, ...replays]) {
      const { person } = recorder;
      const recorded = recorder.recorded();
      const positions = recorded.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));

      const ofGroup = recorded.filter(({ position }) => rows.get(position)!.audience === `c:${group}`);
      const strange = ofGroup.filter(({ position, event }) => {
        const stay = membership.stayAt(person.id, position);
        return !stay || ("message" in event && event.message.seq <= stay.since);
      });
      expect(strange).toEqual([]);
      const toOthers = recorded.filter(({ position }) => {
        const { audience } = rows.get(position)!;
        return audience.startsWith("u:") && audience !== `u:${person.id}`;
      });
      expect(toOthers).toEqual([]);

      // From where they last came in, they were a member throughout.
      const last = membership.stays(person.id).at(-1);
      if (last?.to !== Infinity) continue;
      const theirs = messages.filter(({ position }) => position >= last.from);
      const due = theirs.filter((row) => membership.seqOf(row) > last.since);
      const got = ofGroup.filter(({ event, position }) => "message" in event && position >= last.from);
      expect(got.map(({ position }) => position)).toEqual(due.map(({ position }) => position));
      expect(seqsOf(recorder, group, last.from)).toEqual(
        due.filter(({ type }) => type === "message.created").map((row) => membership.seqOf(row)),
      );
    }
    for (const recorder of [...recorders, ...replays]) await recorder.close();

    for (const { frames, close } of chats) {
      const texts = frames.map(({ content }) => String(content));
      expect(texts.filter((text) => text.startsWith("group"))).toEqual([]);
      expect(texts.filter((text) => text === "lobby")).toHaveLength(bursts / 50);
      close();
    }
  },
);

function seqsOf(recorder: Recorder, group: number, from: number): number[] {
  return recorder
    .recorded()
    .flatMap(({ position, event }) =>
      position >= from && event.type === "message.created" && event.message.conversation_id === group
        ? event.message.seq
        : [],
    );
}
