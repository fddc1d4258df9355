import { setTimeout as pause } from "node:timers/promises";
import type { Person } from "../../support/people.ts";
import type { TestServer } from "../../support/test-server.ts";
import { trpcCalls, trpcOverSocket } from "../../support/trpc.ts";
import type { Random } from "./random.ts";
import type { Recorder } from "./recorder.ts";

/** 500 messages a second, for three seconds where the machine keeps up. */
const bursts = 150;
const burstSize = 10;
const burstMs = 20;
const lobbyEvery = 50;

/** What is sent in all: to the group, and to everybody. */
export const sendsToGroup = bursts * burstSize;
export const sendsToLobby = bursts / lobbyEvery;

export interface BusyGroup {
  readonly server: TestServer;
  readonly group: number;
  /** The group's owner and somebody who is in it too: they write. */
  readonly writers: readonly [Person, Person];
  /** They come and go; every other one of them stays for the last third. */
  readonly guests: readonly Person[];
  /** They lose their connections. */
  readonly recorders: readonly Recorder[];
}

/** Of each guest, in order, with how much of the history they were let in. */
export type Histories = ReadonlyMap<number, readonly ("none" | "all")[]>;

/** Writes, edits, lets people in and out, and cuts connections, all at once. */
export async function makeBusy(
  { server, group, writers, guests, recorders }: BusyGroup,
  random: Random,
): Promise<Histories> {
  const of = { conversation_id: group };
  const asOwner = trpcCalls(server, writers[0].token);
  const histories = new Map<number, ("none" | "all")[]>(guests.map(({ id }) => [id, []]));
  let burst = 0;
  const sending = () => burst < bursts;

  /** Returns the id of a message of the first writer that was among the first to be stored. */
  async function sendAll(): Promise<number> {
    const sockets = writers.map(({ token }) => trpcOverSocket(server, token));
    // What a client is asked before its socket is open, it sends in one batch, which may be too large.
    for (const { client } of sockets) await client.auth.me.query();
    const sent: { id: number; by: number }[] = [];
    const calls: Promise<unknown>[] = [];

    async function send(by: number, content: string): Promise<void> {
      const { id } = await sockets[by]!.client.messages.send.mutate({ ...of, content });
      sent.push({ id, by });
    }
    for (; sending(); burst += 1) {
      for (let n = 0; n < burstSize; n += 1) calls.push(send(n % 2, `group ${burst}.${n}`));
      if (sent.length > 0) {
        const { id, by } = random.pick(sent);
        const edit = { message_id: id, content: `group edit ${burst}` };
        calls.push(sockets[by]!.client.messages.edit.mutate(edit));
      }
      if (burst % lobbyEvery === 0)
        calls.push(asOwner.messages.send.mutate({ receiver_id: null, content: "lobby" }));
      await pause(burstMs);
    }
    await Promise.all(calls);
    for (const { close } of sockets) await close();
    return sent.find(({ by }) => by === 0)!.id;
  }

  async function comeIn(guest: Person, history: "none" | "all"): Promise<void> {
    histories.get(guest.id)!.push(history);
    await asOwner.conversations.members.add.mutate({ ...of, user_ids: [guest.id], history });
  }

  async function goOut(guest: Person): Promise<void> {
    if (random.happens(0.5)) await trpcCalls(server, guest.token).conversations.leave.mutate(of);
    else await asOwner.conversations.members.remove.mutate({ ...of, user_id: guest.id });
  }

  async function comeAndGo(guest: Person, index: number): Promise<void> {
    const stays = index % 2 === 0;
    while (stays ? burst < (bursts * 2) / 3 : sending()) {
      await comeIn(guest, random.happens(0.7) ? "none" : "all");
      await pause(random.below(80));
      await goOut(guest);
      await pause(random.below(40));
    }
    if (stays) await comeIn(guest, "none");
  }

  async function loseConnections(): Promise<void> {
    while (sending()) {
      await random.pick(recorders).reconnect();
      await pause(random.below(60));
    }
  }

  const [early] = await Promise.all([sendAll(), loseConnections(), ...guests.map(comeAndGo)]);
  // However slow the machine was, something happened that those who are in now may not hear of.
  await asOwner.messages.edit.mutate({ message_id: early, content: "group edit of an early message" });
  return histories;
}
