/**
 * tRPC's own WebSocket adapter as its documentation shows it: a mutation that stores with one
 * insert, and a subscription that follows an emitter with `events.on`.
 */
import { EventEmitter, on } from "node:events";
import { createServer } from "node:http";
import { initTRPC, tracked } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";
import { z } from "zod";
import { listen } from "./listening.ts";
import { openMessageTable, type StoredMessage } from "./message-table.ts";

const { DATABASE = ":memory:", SYNCHRONOUS = "NORMAL" } = process.env;
const store = openMessageTable(DATABASE, SYNCHRONOUS);
const t = initTRPC.context<{ readonly userId: number }>().create();
const emitter = new EventEmitter().setMaxListeners(0);
const topic = (userId: number) => `user ${userId}`;

const input = z.object({
  receiver_id: z.int().nullable(),
  content: z.string().min(1).max(4000),
  client_message_id: z.string().max(100),
});

const router = t.router({
  messages: {
    send: t.procedure.input(input).mutation(({ ctx, input: { receiver_id, ...message } }) => {
      const stored = store({ ...message, receiver_id: receiver_id ?? 0, sender_id: ctx.userId });
      if (receiver_id === null) emitter.emit("everybody", stored);
      else for (const userId of new Set([ctx.userId, receiver_id])) emitter.emit(topic(userId), stored);
      return stored;
    }),
  },
  events: {
    stream: t.procedure.input(z.object({ lastEventId: z.string().nullish() })).subscription(async function* ({
      ctx,
      signal,
    }) {
      // Everybody of the fan-out is 0: they follow what goes to all.
      const name = ctx.userId === 0 ? "everybody" : topic(ctx.userId);
      for await (const [message] of on(emitter, name, signal ? { signal } : {})) {
        const stored = message as StoredMessage;
        yield tracked(String(stored.id), { type: "message.created", message: stored });
      }
    }),
  },
});

const server = createServer();
applyWSSHandler({
  wss: new WebSocketServer({ server }),
  router,
  createContext: ({ req }) => ({
    userId: Number(new URL(req.url ?? "", "http://here").searchParams.get("user")),
  }),
});
listen(server);
