import { expect } from "vitest";
import type { Person } from "../support/people.ts";
import type { ServerProcess } from "../support/server-process.ts";

/** Whatever was done to the server: its process lives, answers, and stores a message. */
export async function expectUnharmed(server: ServerProcess, person: Person): Promise<void> {
  expect(server.isAlive()).toBe(true);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const sent = await person.call("POST", "/messages/", { receiver_id: person.id, content: "still here" });
  expect(sent.status).toBe(201);
}
