/**
 * Do sends stay quick while everybody signs in? The same senders are timed without and with a
 * flood of sign-ins, against a server in a process of its own without limits: with them one
 * address could not make a flood.
 *
 *   node bench/login-flood.ts [seconds] [logins at once]
 */
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createPerson, type Person } from "../tests/support/people.ts";
import { startServerProcess } from "../tests/support/server-process.ts";
import { trpcOverSocket } from "../tests/support/trpc.ts";
import type { Flood } from "./login-flood-worker.ts";

const seconds = Number(process.argv[2] ?? 5);
const logins = Number(process.argv[3] ?? 200);
const senders = 10;
const pauseMs = 20;

await using server = await startServerProcess({ LOG_LEVEL: "info" });
const people: Person[] = [];
for (let n = 0; n < senders; n += 1) people.push(await createPerson(server.url, `Sender ${n}`));
const sockets = people.map(({ token }) => trpcOverSocket(server, token));

/** How long each send took, in milliseconds, while `over` is false. */
async function sendUntil(over: () => boolean): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(
    sockets.map(async ({ client }, n) => {
      const receiver_id = people[n]?.id ?? null;
      while (!over()) {
        const started = performance.now();
        await client.messages.send.mutate({ receiver_id, content: "Bonjour, comment allez-vous ?" });
        times.push(performance.now() - started);
        await delay(pauseMs);
      }
    }),
  );
  return times.sort((a, b) => a - b);
}

function report(what: string, times: readonly number[]): void {
  const at = (part: number) => (times[Math.floor(times.length * part)] ?? Number.NaN).toFixed(1);
  console.log(`${what}: ${times.length} sends, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}

/** Runs for the time given. */
function timer(): () => boolean {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() > end;
}

await sendUntil(timer());
report("without a flood", await sendUntil(timer()));

const flooders = people.map(({ email, password }) => ({ email, password }));
const worker = new Worker(new URL("login-flood-worker.ts", import.meta.url), {
  workerData: { url: server.url, logins, people: flooders } satisfies Flood,
});
const answered = once(worker, "message");
report(`with ${logins} sign-ins at once, again and again`, await sendUntil(timer()));
worker.postMessage("stop");
const [statuses] = (await answered) as [Record<number, number>];
const counts = Object.entries(statuses).map(([status, count]) => `${count} with ${status}`);
console.log(`the sign-ins were answered: ${counts.join(", ")}`);
for (const { close } of sockets) await close();
