import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface AnswerLosingProxy extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /**
   * What becomes of requests from now on: they get through and their answers are lost, as the connection is cut
   * when the server begins to answer; or they do not get there; or all is well.
   */
  lose(what: "answers" | "requests" | "nothing"): void;
}

/** A proxy in front of `port` on whose way back things are lost. */
export async function startAnswerLosingProxy(port: number): Promise<AnswerLosingProxy> {
  let losing: "answers" | "requests" | "nothing" = "nothing";
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.on("data", (bytes) => (losing === "requests" ? near.resetAndDestroy() : far.write(bytes)));
    far.on("data", (bytes) => (losing === "answers" ? near.resetAndDestroy() : near.write(bytes)));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: (what) => void (losing = what),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
