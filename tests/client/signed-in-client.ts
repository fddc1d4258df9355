import { createClient, type Client, type ClientOptions, type EventHandlers } from "@causerie/client";
import { expect } from "vitest";
import { createPerson, type Person } from "../support/people.ts";

/** A client of somebody new. */
export interface SignedIn extends AsyncDisposable {
  readonly client: Client;
  readonly person: Person;
}

/** Registers somebody at the server `url` and gives them a client, which may go `via` another address. */
export async function signedInClient(
  url: string,
  via = url,
  options: Partial<ClientOptions> = {},
): Promise<SignedIn> {
  const person = await createPerson(url);
  const client = createClient({ url: via, token: person.token, ...options });
  return { client, person, [Symbol.asyncDispose]: () => client.close() };
}

/** What a subscription to events was told. */
export interface Heard {
  /** The texts of new messages, in order. */
  readonly texts: string[];
  readonly types: string[];
  readonly cursors: string[];
  /** How the stream began and went on: `resumed`, `caught up 3`, `reset no_cursor`. */
  readonly outcomes: string[];
  readonly handlers: EventHandlers;
}

export function hear(): Heard {
  const texts: string[] = [];
  const types: string[] = [];
  const cursors: string[] = [];
  const outcomes: string[] = [];
  const handlers: EventHandlers = {
    event(event, cursor) {
      types.push(event.type);
      cursors.push(cursor);
      if (event.type === "message.created") texts.push(event.message.content);
    },
    resumed: () => void outcomes.push("resumed"),
    caughtUp: (n) => void outcomes.push(`caught up ${n}`),
    reset: (reason) => void outcomes.push(`reset ${reason}`),
  };
  return { texts, types, cursors, outcomes, handlers };
}

/** Waits until the client is in a state. */
export async function reached(client: Client, state: string, timeout = 10_000): Promise<void> {
  await expect.poll(() => client.connection.getSnapshot().state, { timeout }).toBe(state);
}

/** Subscribes, and waits until nothing can be missed any more. */
export async function subscribed(client: Client, heard = hear()): Promise<Heard> {
  client.events.subscribe(heard.handlers);
  await reached(client, "online");
  return heard;
}

/** The error that a call rejects with. */
export async function failure(outcome: Promise<unknown>): Promise<unknown> {
  return await outcome.then(
    (value) => expect.unreachable(`it succeeded with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}
