import type { ServerEvent } from "@causerie/shared";
import type { Person } from "../../support/people.ts";
import type { TestServer } from "../../support/test-server.ts";
import { trpcCalls, trpcOverSocket, type TrpcSocket } from "../../support/trpc.ts";
import { answersOf, applyEvent, viewOf, type ClientView } from "./client-view.ts";
import { readConversation, readEverything } from "./read-everything.ts";

/** A device that follows the log: a snapshot first, then events, over a socket that may break. */
export interface Follower {
  /** What the server would answer, going by what the device knows. */
  answers(): ReturnType<typeof answersOf>;
  /** Whether it knows a message with this text. */
  knows(content: string): boolean;
  /** What went wrong: events out of order, streams that failed. */
  readonly faults: readonly string[];
  /** Loses the network. The client connects again by itself and goes on from the last event it got. */
  cut(): void;
  /** Ends the app. Events that came but were not taken in yet are forgotten. */
  sleep(): Promise<void>;
  /** Starts the app again, from the view and the cursor it kept. */
  wake(): void;
  /** Forgets everything and starts from a new snapshot. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startFollower(server: TestServer, person: Person): Promise<Follower> {
  const api = trpcCalls(server, person.token);
  const faults: string[] = [];
  let view: ClientView;
  let cursor: string;
  let socket: TrpcSocket | undefined;
  let taken = Promise.resolve();

  async function load(): Promise<void> {
    const everything = await readEverything(api);
    view = viewOf(everything);
    ({ cursor } = everything);
  }

  function wake(): void {
    if (socket) return;
    const mine = (socket = trpcOverSocket(server, person.token));
    const onData = (item: { id: string; data: ServerEvent }) => {
      taken = taken.then(() => (socket === mine ? take(item) : undefined)).catch(report);
    };
    mine.client.events.stream.subscribe({ lastEventId: cursor }, { onData, onError: report });
  }

  async function take({ id, data }: { id: string; data: ServerEvent }): Promise<void> {
    if (data.type === "reset") return load();
    if (data.type === "heartbeat") {
      if (positionOf(id) < positionOf(cursor)) faults.push(`a heartbeat at ${id} after ${cursor}`);
    } else {
      if (positionOf(id) <= positionOf(cursor)) faults.push(`${data.type} at ${id} after ${cursor}`);
      await applyEvent(view, data, (conversationId) => readConversation(api, conversationId));
    }
    cursor = id;
  }

  const report = (error: unknown) => void faults.push(String(error));

  async function sleep(): Promise<void> {
    const ending = socket;
    socket = undefined;
    await ending?.close();
    await taken;
  }

  await load();
  wake();
  return {
    answers: () => answersOf(view),
    knows: (content) =>
      [...view.conversations.values()].some(({ messages }) =>
        [...messages.values()].some((message) => message.content === content),
      ),
    faults,
    cut: () => socket?.cut(),
    sleep,
    wake,
    async restart() {
      await sleep();
      await load();
      wake();
    },
    close: sleep,
  };
}

const positionOf = (cursor: string) => Number(cursor.split(":")[1]);
