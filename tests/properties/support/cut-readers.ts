import { get } from "node:http";
import type { EventsPage, ServerEvent } from "@causerie/shared";
import { WebSocket } from "ws";

/** An event as it came, whole, over a connection that broke later. */
export interface ReadItem {
  readonly id: string;
  readonly data: ServerEvent;
}

/** One connection to one surface, made to go on from a cursor. */
export interface CutReading {
  readonly port: number;
  readonly token: string;
  readonly cursor: string;
  /** After this long it is broken, if it has not been before. */
  readonly withinMs: number;
}

/** A surface that tells of events, read without a client of its own until the connection breaks. */
export interface CutReader {
  readonly name: string;
  read(reading: CutReading): Promise<ReadItem[]>;
}

const overSocket: CutReader = {
  name: "WebSocket",
  async read({ port, token, cursor, withinMs }) {
    const items: ReadItem[] = [];
    let refusal: string | undefined;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/trpc?connectionParams=1`);
    const timer = setTimeout(() => socket.terminate(), withinMs);
    socket.on("error", () => undefined);
    socket.on("open", () => {
      const send = (frame: object) => socket.send(JSON.stringify(frame), () => undefined);
      send({ method: "connectionParams", data: { token } });
      const params = { path: "events.stream", input: { lastEventId: cursor } };
      send({ id: 1, method: "subscription", params });
    });
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as {
        error?: unknown;
        result?: { type: string; data: ReadItem };
      };
      if (frame.error) refusal ??= String(data);
      if (frame.result?.type === "data") items.push(frame.result.data);
    });
    await closed(socket);
    clearTimeout(timer);
    if (refusal !== undefined) throw new Error(`The subscription failed: ${refusal}`);
    return items;
  },
};

const overSse: CutReader = {
  name: "server-sent events",
  async read(reading) {
    const text = await readText("/trpc/events.stream", { "last-event-id": reading.cursor }, reading);
    // What comes after the last empty line is not whole.
    const blocks = text.split("\n\n").slice(0, -1);
    return blocks.flatMap((block) => {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
      const [id, data] = [field("id"), field("data")];
      if (block.includes("serialized-error")) throw new Error(`The subscription failed: ${block}`);
      return id === undefined || data === undefined ? [] : { id, data: JSON.parse(data) as ServerEvent };
    });
  },
};

const overRest: CutReader = {
  name: "GET /events",
  async read(reading) {
    const path = `/events?cursor=${encodeURIComponent(reading.cursor)}&limit=20`;
    const text = await readText(path, {}, reading);
    let page: EventsPage;
    try {
      page = JSON.parse(text) as EventsPage;
    } catch {
      return []; // Cut: of an answer that is not whole nothing is used.
    }
    const end: ReadItem = {
      id: page.cursor,
      data: page.reset ? { type: "reset", reason: page.reset } : { type: "heartbeat", timestamp: "" },
    };
    return [...page.events.map(({ cursor, event }): ReadItem => ({ id: cursor, data: event })), end];
  },
};

export const cutReaders: readonly CutReader[] = [overSocket, overSse, overRest];

/** However it comes about: that a connection breaks is no failure here. */
function closed(connection: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => connection.once("close", () => resolve()));
}

/** What came of an answer, on a connection of its own, until it ended or broke. */
async function readText(
  path: string,
  headers: Record<string, string>,
  { port, token, withinMs }: CutReading,
): Promise<string> {
  const chunks: Buffer[] = [];
  const request = get({
    ...{ port, path, agent: false },
    headers: { ...headers, authorization: `Bearer ${token}`, accept: "text/event-stream, application/json" },
  });
  const timer = setTimeout(() => request.destroy(), withinMs);
  request.on("error", () => undefined);
  let status = 200;
  request.on("response", (response) => {
    status = response.statusCode ?? 0;
    response.on("error", () => undefined);
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
  });
  await closed(request);
  clearTimeout(timer);
  if (status !== 200) throw new Error(`${path} was refused with ${status}`);
  return Buffer.concat(chunks).toString("utf8");
}
