import type { Account } from "../lib/accounts.ts";
import { localAddress } from "../lib/local-address.ts";
import { maskedFrame } from "../lib/masked-frame.ts";
import { openRawSocket } from "../lib/raw-socket.ts";
import { openTrpcSocket } from "../lib/trpc-socket.ts";
import type { FanOutWire } from "./wire.ts";

/** The naive server sends on what it gets, so the whole frame is the speaker's: as long as Causerie's. */
export function naiveFanOut(port: number, bytes: () => number): FanOutWire {
  return {
    subscribe: (n) => openRawSocket({ port, path: "/", localAddress: localAddress(n) }),
    speaker: () => openRawSocket({ port, path: "/speaker" }),
    frame: (content) => maskedFrame(JSON.stringify({ content }).padEnd(bytes(), " ")),
  };
}

/** Everybody subscribes on `/trpc`; the speaker writes to the lobby on the chat socket. */
export function causerieFanOut(port: number, accounts: readonly Account[]): FanOutWire {
  const [speaker, ...subscribers] = accounts;
  return {
    subscribe: (n) =>
      openTrpcSocket({ port, token: subscribers[n]?.token ?? "", localAddress: localAddress(n) }),
    speaker: () => openRawSocket({ port, path: `/messages/ws?token=${speaker?.token}` }),
    frame: (content) => maskedFrame(JSON.stringify({ type: "send_message", receiver_id: null, content })),
  };
}
