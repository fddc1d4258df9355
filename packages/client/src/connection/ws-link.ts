import { answeredError } from "../errors.ts";
import { parseJson } from "../lib/parse-json.ts";
import type { Clock } from "../platform/clock.ts";
import { LinkRefused, type Link, type LinkOptions, type Loss, type OpenLink } from "./link.ts";
import { handshakeLoss, socketLoss } from "./loss.ts";
import { createSocketCalls, type ServerMessage } from "./socket-calls.ts";

export interface WsLinkDeps {
  /** `ws://…/trpc` or `wss://…/trpc`. */
  readonly url: string;
  readonly WebSocket: typeof globalThis.WebSocket;
  readonly clock: Clock;
}

const restarting = 1012;

/** Opens links over WebSocket. They speak the protocol of tRPC. */
export function createWsLinkOpener({ url, WebSocket, clock }: WsLinkDeps): OpenLink {
  function dial(): WebSocket {
    try {
      return new WebSocket(`${url}?connectionParams=1`);
    } catch (cause) {
      // A page may not be allowed to: by its policy, or as the address is not encrypted.
      throw new LinkRefused(socketLoss(undefined, undefined, cause));
    }
  }

  return async (options, signal) => {
    if (signal.aborted) throw new LinkRefused(socketLoss());
    const socket = dial();
    return await new Promise((resolve, reject) => {
      let loss = socketLoss();
      const refuse = () => reject(new LinkRefused(loss));
      const giveUp = () => {
        cut(socket);
        refuse();
      };
      signal.addEventListener("abort", giveUp);
      socket.onclose = refuse;
      socket.onerror = (event) => {
        const status = statusIn((event as ErrorEvent).message);
        if (status) loss = handshakeLoss(Number(status));
      };
      socket.onopen = () => {
        signal.removeEventListener("abort", giveUp);
        resolve(linkOver(socket, options, clock));
      };
    });
  };
}

/** A link over a socket that is open. */
function linkOver(socket: WebSocket, { token, onAlive, onLost }: LinkOptions, clock: Clock): Link {
  let isOver = false;
  const send = (frame: string) => socket.send(frame);
  const calls = createSocketCalls({ send, clock });

  function end(loss?: Loss): void {
    if (isOver) return;
    isOver = true;
    calls.end();
    if (loss) onLost(loss);
  }

  function take(message: ServerMessage | null): void {
    if (message?.method === "reconnect") {
      // It is about to stop, and lets its clients choose the moment.
      socket.close(1000);
      end(socketLoss(restarting));
    } else if (message && !isOver) calls.take(message);
  }

  socket.onclose = ({ code, reason }) => end(socketLoss(code, reason));
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isOver) return;
    onAlive();
    if (data === "PONG") return;
    if (data === "PING") return send("PONG");
    const frame = parseJson(String(data));
    if (frame === undefined) {
      cut(socket);
      return end({ ...socketLoss(), error: answeredError(frame) });
    }
    ([frame].flat() as (ServerMessage | null)[]).forEach(take);
  };
  send(JSON.stringify({ method: "connectionParams", data: token === undefined ? null : { token } }));

  return {
    transport: "websocket",
    call: calls.call,
    subscribe: calls.subscribe,
    ping() {
      if (!isOver) send("PING");
    },
    close(how) {
      if (isOver) return;
      end();
      if (how === "cut") cut(socket);
      else socket.close(how);
    },
  };
}

/** Ends it without waiting for the other side, as far as the platform allows that. */
function cut(socket: WebSocket & { terminate?(): void }): void {
  if (socket.terminate) socket.terminate();
  else socket.close();
}

/** The status of a refused handshake, out of what `ws`, Deno and React Native say of it; browsers say nothing. */
function statusIn(message: string | undefined): string | undefined {
  return /(?:response|status)\D*([45]\d\d)\b/i.exec(message ?? "")?.[1];
}
