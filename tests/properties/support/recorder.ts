import type { StoredEvent } from "@causerie/shared";
import type { Person } from "../../support/people.ts";
import type { TestServer } from "../../support/test-server.ts";
import type { Feed, OpenFeed } from "../../transports/fixtures/feeds.ts";

/** A stored event with its place in the log. */
export interface Recorded {
  readonly position: number;
  readonly event: StoredEvent;
}

/** Keeps all that somebody is told after a cursor, over a connection that may be lost. */
export interface Recorder {
  readonly person: Person;
  /** What came so far, heartbeats left out. */
  recorded(): Recorded[];
  /** Loses the connection, and goes on from the last event on a new one. */
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

export async function startRecorder(
  feed: Feed,
  server: TestServer,
  person: Person,
  cursor: string,
): Promise<Recorder> {
  const connections: OpenFeed[] = [await feed.open(server, person, cursor)];
  const items = () => connections.flatMap((connection) => connection.items);
  const close = async () => connections.at(-1)?.close();
  return {
    person,
    recorded: () =>
      items().flatMap(({ id, data }) =>
        data.type === "heartbeat" || data.type === "reset" ? [] : [{ position: positionOf(id), event: data }],
      ),
    async reconnect() {
      await close();
      connections.push(await feed.open(server, person, items().at(-1)?.id ?? cursor));
    },
    close,
  };
}

const positionOf = (cursor: string) => Number(cursor.split(":")[1]);

/** Whether a recorder was told of a message with this text. */
export function heard(recorder: Recorder, content: string): boolean {
  return recorder
    .recorded()
    .some(({ event }) => event.type === "message.created" && event.message.content === content);
}
