import { openFrames, type FrameSocket } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import type { TestServer } from "../support/test-server.ts";

/** Somebody else of a session: what they do while it is played. */
export interface Friend extends Disposable {
  readonly id: number;
  /** Their conversation with whom the session is of. */
  readonly conversation: number;
  /** Does what a line with `*` says. */
  happen(what: string): Promise<void>;
}

/** Registers one, who is not online. */
export async function createFriend(server: TestServer, person: Person): Promise<Friend> {
  const friend = await createPerson(server.url, "Friend");
  const answer = await person.call("POST", "/conversations/", { kind: "direct", member_ids: [friend.id] });
  const { id: conversation } = (await answer.json()) as { id: number };
  const sockets: FrameSocket[] = [];
  const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
    "the friend comes online": async () =>
      sockets.push(await openFrames(`${server.wsUrl}/messages/ws?token=${friend.token}`)),
    "the friend types": () => friend.call("PUT", `/conversations/${conversation}/typing`, { typing: true }),
  };
  return {
    id: friend.id,
    conversation,
    async happen(what) {
      const deed = deeds[what];
      if (!deed) throw new Error(`Nobody knows how to play "${what}".`);
      await deed();
    },
    [Symbol.dispose]: () => sockets.forEach((socket) => socket.close()),
  };
}
