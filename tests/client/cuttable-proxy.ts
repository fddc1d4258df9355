import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy whose connections can be cut, as networks do: without a word to either end. */
export interface CuttableProxy extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** How many connections it has taken. */
  readonly taken: () => number;
  /** How many of them are open. */
  readonly open: () => number;
  /** Cuts every connection there is. */
  cut(): void;
  /** Refuses connections from now on, or takes them again. */
  refuse(refused: boolean): void;
  /** Holds back everything on the way, or lets it go on. Nothing is lost. */
  hold(held: boolean): void;
  /** Takes new connections to another port from now on. */
  leadTo(port: number): void;
}

/** Starts a proxy in front of a port. */
export async function startCuttableProxy(firstPort: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  const others = new Map<Socket, Socket>();
  let port = firstPort;
  let holding = false;
  let taken = 0;
  let refusing = false;

  const server = createServer((near) => {
    if (refusing) return void near.resetAndDestroy();
    taken += 1;
    const far = connect(port, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      if (!holding) socket.pipe(other);
      others.set(socket, other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        others.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const cut = () => sockets.forEach((socket) => socket.resetAndDestroy());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => taken,
    open: () => sockets.size / 2,
    cut,
    refuse(refused) {
      refusing = refused;
    },
    hold(held) {
      holding = held;
      for (const [socket, other] of others) {
        if (held) socket.unpipe(other).pause();
        else socket.pipe(other);
      }
    },
    leadTo(next) {
      port = next;
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
