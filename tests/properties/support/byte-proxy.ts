import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";

/** A TCP proxy that lets so many bytes of the server through, and then breaks the connection. */
export interface ByteProxy extends AsyncDisposable {
  readonly port: number;
  /** How many bytes of the server the connections taken from now on may bring. */
  allow(bytes: number): void;
  /** How many connections it has broken. */
  broken(): number;
}

export async function startByteProxy(port: number): Promise<ByteProxy> {
  let allowed = Infinity;
  let broken = 0;
  const server = createServer((near) => {
    let left = allowed;
    const far = connect(port, "127.0.0.1");
    near.on("data", (chunk) => far.write(chunk));
    far.on("data", (chunk) => {
      if (left <= 0) return;
      near.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      broken += 1;
      // What was let through arrives; nothing says that it was the end.
      near.destroySoon();
      far.destroy();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroySoon());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    allow(bytes) {
      allowed = bytes;
    },
    broken: () => broken,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
