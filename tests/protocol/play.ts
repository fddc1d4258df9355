import { expect } from "vitest";
import { openFrames, type Frame } from "../support/frames.ts";
import { openSse } from "../support/sse.ts";

/** One fenced block of the documentation that can be played: what it is, where, and its lines. */
export interface Session {
  readonly kind: string;
  readonly target: string;
  readonly lines: readonly string[];
}

/** The values of the placeholders so far. */
export type Values = Map<string, unknown>;

/** The playable blocks of a page, in order. */
export function sessionsOf(page: string): Session[] {
  return [...page.matchAll(/^```(frames|sse) (\S+)\n(.*?)^```$/gms)].map(
    ([, kind = "", target = "", text = ""]) => ({
      kind,
      target,
      lines: text.trimEnd().split("\n"),
    }),
  );
}

const placeholder = /^<([\w.]+)>$/;

/** Looks a name up; `snapshot.cursor` is a field of the value of `snapshot`. */
function valueOf(name: string, values: Values): unknown {
  const [first = "", ...rest] = name.split(".");
  return rest.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], values.get(first));
}

/** What to send, or where: every placeholder is replaced by its value. */
function filled(text: string, values: Values): string {
  return text.replaceAll(/<([\w.]+)>/g, (_match, name: string) => {
    if (valueOf(name, values) === undefined) values.set(name, crypto.randomUUID());
    return String(valueOf(name, values));
  });
}

/** Compares what came with what the page shows; a placeholder takes its value at the first sight. */
function expectShown(came: unknown, shown: unknown, values: Values): void {
  expect(came).toEqual(resolved(shown, came, values));
}

function resolved(shown: unknown, came: unknown, values: Values): unknown {
  if (typeof shown === "string") {
    const [, name] = placeholder.exec(shown) ?? [];
    if (name === undefined) return shown;
    expect(came, name).toBeDefined();
    if (valueOf(name, values) === undefined) values.set(name, came);
    return valueOf(name, values);
  }
  if (Array.isArray(shown))
    return shown.map((part, n) => resolved(part, (came as unknown[] | undefined)?.[n], values));
  if (typeof shown !== "object" || shown === null) return shown;
  return Object.fromEntries(
    Object.entries(shown).map(([key, part]) => [
      key,
      resolved(part, (came as Record<string, unknown> | undefined)?.[key], values),
    ]),
  );
}

/** What a frame belongs to: the order between frames that belong together is fixed. */
const belongsTo = (frame: Frame) => JSON.stringify(frame.type ?? frame["id"] ?? null);
const isHeartbeat = (frame: Frame) => JSON.stringify(frame).includes('"type":"heartbeat"');

/**
 * Plays a session of frames: sends what the client sends, lets happen what others do, and expects exactly
 * what the server is shown to send.
 */
export async function playFrames(
  { target, lines }: Session,
  wsUrl: string,
  values: Values,
  happen: (what: string) => Promise<void>,
): Promise<void> {
  const socket = await openFrames(wsUrl + filled(target, values));
  const taken = new Set<Frame>();
  for (const line of lines) {
    const text = line.slice(2);
    if (line.startsWith("> ")) socket.send(filled(text, values));
    else if (line.startsWith("* ")) await happen(text);
    else if (line.startsWith("closed "))
      expect(await socket.closed()).toBe(Number(line.slice("closed ".length)));
    else if (line.startsWith("< ")) {
      const shown = text === "PONG" ? { type: text } : (JSON.parse(text) as Frame);
      const next = () =>
        socket.frames.find((frame) => !taken.has(frame) && belongsTo(frame) === belongsTo(shown));
      await expect.poll(next, { interval: 2, timeout: 5_000, message: line }).toBeDefined();
      const came = next() as Frame;
      taken.add(came);
      expectShown(came, shown, values);
    } else expect.fail(`a line that nobody says: ${line}`);
  }
  expect(socket.frames.filter((frame) => !taken.has(frame) && !isHeartbeat(frame))).toEqual([]);
  socket.close();
}

/** Plays a request for server-sent events: its headers, an empty line, and the events shown. */
export async function playSse({ target, lines }: Session, url: string, values: Values): Promise<void> {
  const [head = "", ...blocks] = lines.join("\n").split("\n\n");
  const headers = Object.fromEntries(
    filled(head, values)
      .split("\n")
      .map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const stream = await openSse(url, target.replace("/trpc/", ""), {
    token: (headers["Authorization"] ?? "").replace("Bearer ", ""),
    lastEventId: headers["Last-Event-ID"] ?? "",
  });
  await expect.poll(() => stream.events.length).toBeGreaterThanOrEqual(blocks.length);
  blocks.forEach((block, n) => {
    const fields = Object.fromEntries(
      block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    ) as Record<string, string>;
    const shown = {
      event: fields["event"] ?? "message",
      id: fields["id"],
      data: JSON.parse(fields["data"] ?? "") as unknown,
    };
    expectShown(stream.events[n], shown, values);
  });
  stream.close();
}
