import { expect } from "vitest";
import type { ServerProcess } from "../support/server-process.ts";

interface Inspection {
  /** The bytes that the server really holds, in its heap and in buffers, after a garbage collection. */
  readonly heldBytes: number;
  /** What every object of the server inherits beyond what it should. */
  readonly inherited: readonly string[];
}

const answerSignal = `process.on("SIGUSR2", () => {
  gc();
  // What buffers held is counted as free only when it has been swept.
  setTimeout(() => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    const inherited = [];
    for (const key in {}) inherited.push(key);
    console.log(JSON.stringify({ heldBytes: heapUsed + external, inherited }));
  }, 50);
});`;

/** Node's arguments for a server that `inspect` can look into. */
export const inspectable = [
  "--expose-gc",
  "--import",
  `data:text/javascript,${encodeURIComponent(answerSignal)}`,
];

/** Looks into a server that was started `inspectable`. */
export async function inspect(server: ServerProcess): Promise<Inspection> {
  const known = server.stdout.length;
  const answer = () => server.stdout.slice(known).find((line) => line.startsWith('{"heldBytes"'));
  server.kill("SIGUSR2");
  await expect.poll(answer, { timeout: 5_000, interval: 10 }).toBeDefined();
  return JSON.parse(answer() ?? "{}") as Inspection;
}

/** `inspect`, and only the memory. */
export async function heldBytes(server: ServerProcess): Promise<number> {
  return (await inspect(server)).heldBytes;
}
