/**
 * The other half of login-flood.ts, in a thread of its own so that it does not delay the
 * senders: signs everybody in at once, again and again until it is told to stop.
 */
import { parentPort, workerData } from "node:worker_threads";

/** What the thread is started with. */
export interface Flood {
  readonly url: string;
  /** Sign-ins at once. */
  readonly logins: number;
  readonly people: readonly { readonly email: string; readonly password: string }[];
}

const { url, logins, people } = workerData as Flood;
const statuses: Record<number, number> = {};
let over = false;
parentPort?.on("message", () => (over = true));

async function login(n: number): Promise<void> {
  const answer = await fetch(`${url}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(people[n % people.length]),
  });
  await answer.arrayBuffer();
  statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
}

while (!over) await Promise.all(Array.from({ length: logins }, (_, n) => login(n)));
parentPort?.postMessage(statuses);
parentPort?.close();
