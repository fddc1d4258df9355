import { openBareSocket, openSocketIoSocket } from "./joined-sockets.ts";
import { bareWs, startWithTable, stockTrpc } from "./bare-servers.ts";
import { signInAll, startCauserie } from "./causerie.ts";
import { createDataFolder } from "./data-folder.ts";
import { eventOf } from "./engine-io-socket.ts";
import { peerServer } from "./peers.ts";
import type { RawSocket } from "./raw-socket.ts";
import type { ServerUnderTest } from "./server-under-test.ts";
import { callOf, openEventStream, openTrpcSocket } from "./trpc-socket.ts";

/** A server, and the ways in for those who follow everybody's messages. */
export interface Following {
  readonly server: ServerUnderTest;
  /** Opens the socket of follower n, counted from 0, and waits until it follows. */
  follow(n: number, localAddress?: string): Promise<RawSocket>;
  /** Opens the socket of somebody who writes to everybody and does not follow. */
  write(): Promise<{ readonly socket: RawSocket; frame(content: string): string }>;
}

export interface FollowingOptions {
  readonly nodeArgs?: readonly string[];
  readonly profiles?: string | undefined;
}

/** Servers that can be followed, by their names in the tables. */
export interface Followed {
  readonly name: string;
  readonly isPeer?: boolean;
  start(people: number, options?: FollowingOptions): Promise<Following>;
}

export const causerie: Followed = {
  name: "Causerie, events.stream on /trpc",
  async start(people, options = {}) {
    const folder = await createDataFolder(people + 1);
    const server = await startCauserie(folder, options);
    const tokens = await signInAll(server, folder);
    const { port } = server;
    return {
      server: {
        ...server,
        async [Symbol.asyncDispose]() {
          await server[Symbol.asyncDispose]();
          await folder[Symbol.asyncDispose]();
        },
      },
      async follow(n, localAddress) {
        const socket = await openEventStream({ port, token: tokens[n % people], localAddress });
        // The stream begins with where it stands.
        await socket.next((text) => text.includes('"data"'));
        return socket;
      },
      async write() {
        const socket = await openTrpcSocket({ port, token: tokens[people] });
        return { socket, frame: callsToEverybody({}) };
      },
    };
  },
};

export const bare: Followed = {
  name: "bare ws, one buffer for all",
  async start(_people, options) {
    const server = await startWithTable(bareWs, options);
    const frame = (content: string) => JSON.stringify({ receiver_id: null, content, id: 1 });
    const open = (user: number, localAddress?: string) => openBareSocket(server, user, localAddress);
    return {
      server,
      follow: (n, localAddress) => open(n + 2, localAddress),
      write: async () => ({ socket: await open(1), frame }),
    };
  },
};

export const stock: Followed = {
  name: "stock tRPC adapter, events.on",
  async start(_people, options) {
    const server = await startWithTable(stockTrpc, options);
    const { port } = server;
    return {
      server,
      follow: (_n, localAddress) => openEventStream({ port, path: "/?user=0", localAddress }),
      write: async () => ({
        socket: await openTrpcSocket({ port, path: "/?user=1" }),
        frame: callsToEverybody({ client_message_id: "of the benchmark" }),
      }),
    };
  },
};

export const socketIo: Followed = {
  name: "Socket.IO, a room",
  isPeer: true,
  async start(_people, options) {
    const server = await startWithTable(peerServer("socket-io"), options);
    const frame = (content: string) => eventOf(["send", { receiver_id: null, content, id: 1 }]);
    return {
      server,
      follow: (n, localAddress) => openSocketIoSocket(server, n + 2, localAddress),
      write: async () => ({ socket: await openSocketIoSocket(server, 1), frame }),
    };
  },
};

function callsToEverybody(more: Readonly<Record<string, string>>): (content: string) => string {
  let calls = 1;
  return (content) => {
    calls += 1;
    return callOf(calls, "mutation", "messages.send", { receiver_id: null, content, ...more });
  };
}
