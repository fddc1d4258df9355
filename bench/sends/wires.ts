import type { Account } from "../lib/accounts.ts";
import { maskedFrame } from "../lib/masked-frame.ts";
import { openRawSocket } from "../lib/raw-socket.ts";
import { openTrpcSocket } from "../lib/trpc-socket.ts";
import type { Outgoing, Wire } from "./wire.ts";

/** Ids of calls are far from the subscription's. */
const firstCallId = 2_000_000_000;

const chatFrame = ({ receiver, content, key }: Outgoing) =>
  maskedFrame(
    JSON.stringify({ type: "send_message", receiver_id: receiver, content, client_message_id: key }),
  );

/** The naive back end believes whoever says who he is. */
export function naiveWire(port: number): Wire {
  return {
    hearings: 2,
    open: (user) => openRawSocket({ port, path: `/?user=${user + 1}` }),
    frame: chatFrame,
    idOf: (user) => user + 1,
  };
}

/** The chat socket, `/messages/ws?token=`. */
export function chatWire(port: number, accounts: readonly Account[]): Wire {
  return {
    hearings: 2,
    open: (user) => openRawSocket({ port, path: `/messages/ws?token=${accountOf(accounts, user).token}` }),
    frame: chatFrame,
    idOf: (user) => accountOf(accounts, user).id,
  };
}

/** `/trpc`: a mutation, and a subscription for what happens. */
export function trpcWire(port: number, accounts: readonly Account[]): Wire {
  return {
    open: (user) => openTrpcSocket({ port, token: accountOf(accounts, user).token }),
    frame: ({ receiver, content, key, n }) =>
      maskedFrame(
        JSON.stringify({
          id: firstCallId + n,
          jsonrpc: "2.0",
          method: "mutation",
          params: {
            path: "messages.send",
            input: { receiver_id: receiver, content, client_message_id: key },
          },
        }),
      ),
    hearings: 3,
    idOf: (user) => accountOf(accounts, user).id,
  };
}

function accountOf(accounts: readonly Account[], user: number): Account {
  const account = accounts[user];
  if (!account) throw new RangeError(`There is no account ${user}.`);
  return account;
}
