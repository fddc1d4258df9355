import { expect } from "vitest";
import { openFrames, type FrameSocket } from "./frames.ts";
import { followEvents, openTrpcFrames } from "./raw-trpc-socket.ts";
import { openSse, type SseStream } from "./sse.ts";

/** One of each kind of live connection. */
export interface LiveConnections {
  readonly trpc: FrameSocket;
  readonly activity: FrameSocket;
  readonly chat: FrameSocket;
  readonly sse: SseStream;
}

/** Opens one of each kind, and waits until all of them serve. */
export async function openAll(
  server: { readonly url: string; readonly wsUrl: string },
  { token }: { readonly token: string },
): Promise<LiveConnections> {
  const trpc = await followEvents(await openTrpcFrames(server, token));
  const activity = await openFrames(`${server.wsUrl}/users/ws/${token}`);
  await activity.next(({ type }) => type === "active_users");
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${token}`);
  chat.send({ type: "ping" });
  await chat.next(({ type }) => type === "pong");
  const sse = await openSse(server.url, "events.stream", { token });
  await expect.poll(() => sse.events.length).toBeGreaterThan(1);
  return { trpc, activity, chat, sse };
}

/** Each kind of connection ends within a second, with its own code; `/trpc` with the one given. */
export async function expectAllEnd(all: LiveConnections, trpcCode = 4401): Promise<void> {
  const codes = [all.trpc, all.activity, all.chat].map((socket) => socket.closed(1000));
  const ended = Promise.race([all.sse.ended, new Promise((_resolve, reject) => setTimeout(reject, 1000))]);
  expect(await Promise.all(codes)).toEqual([trpcCode, 4001, 4001]);
  await expect(ended).resolves.toBeUndefined();
  expect(all.sse.events.at(-1)).toMatchObject({
    event: "serialized-error",
    data: { data: { code: "UNAUTHORIZED" } },
  });
}
