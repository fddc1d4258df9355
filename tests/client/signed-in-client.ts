import { createClient, type Client, type ServerEvent } from "@causerie/client";
import { expect } from "vitest";
import { createPerson, type Person } from "../support/people.ts";

/** A client of somebody new. */
export interface SignedIn extends AsyncDisposable {
  readonly client: Client;
  readonly person: Person;
}

/** Registers somebody at the server `url` and gives them a client, which may go `via` another address. */
export async function signedInClient(url: string, via = url): Promise<SignedIn> {
  const person = await createPerson(url);
  const client = createClient({ url: via, token: person.token });
  return { client, person, [Symbol.asyncDispose]: () => client.close() };
}

/** What a subscription to events delivered: the texts of new messages in order, and the last cursor. */
export interface Heard {
  readonly texts: string[];
  cursor: string | undefined;
  readonly handle: (event: ServerEvent, cursor: string) => void;
}

export function hearTexts(): Heard {
  const heard: Heard = {
    texts: [],
    cursor: undefined,
    handle(event, cursor) {
      heard.cursor = cursor;
      if (event.type === "message.created") heard.texts.push(event.message.content);
    },
  };
  return heard;
}

/** Subscribes, and waits until nothing can be missed any more. */
export async function started(subscribe: (onStarted: () => void) => unknown): Promise<void> {
  await new Promise<void>((resolve) => subscribe(resolve));
}

/** The error that a call rejects with. */
export async function failure(outcome: Promise<unknown>): Promise<unknown> {
  return await outcome.then(
    (value) => expect.unreachable(`it succeeded with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}
