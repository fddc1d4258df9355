import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on a free port and says where, as Causerie does. */
export function listen(server: Server): void {
  server.listen(0, "127.0.0.1", 4096, () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ msg: "listening", url: `http://127.0.0.1:${port}` })}\n`);
  });
}
