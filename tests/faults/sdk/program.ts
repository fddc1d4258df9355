import {
  createClient,
  type ClientOptions,
  type Message,
  type OutboxStorage,
  type Sending,
} from "@causerie/client";

/** What a program with a client in it is told at its start. */
export interface ProgramOptions {
  /** Where the client connects to, which is a proxy. */
  readonly url: string;
  readonly userId: number;
  /** To sign in with, also again when the session has ended. */
  readonly credentials: { readonly email: string; readonly password: string };
  /** An earlier life has signed in, or another tab. */
  readonly isSignedIn: boolean;
  /** The cursor of the last event that an earlier life told of; the first life begins with a snapshot. */
  readonly cursor?: string;
  /** The conversations that are open. */
  readonly conversations: readonly number[];
}

/** What a program tells of itself, in the order in which it happens. A key is the first word of a message. */
export type Told =
  /** The message outlives the program from now on. */
  | { readonly type: "kept"; readonly key: string }
  /** The promise of a send resolved with this message, or was refused. */
  | { readonly type: "settled"; readonly key: string; readonly stored: Stored | null }
  | { readonly type: "refused"; readonly key: string; readonly code: string; readonly reason: string }
  /** A send was declined at once, as nobody was signed in. */
  | { readonly type: "declined"; readonly key: string }
  /** A message that an earlier life left, or another tab sent, is stored. */
  | { readonly type: "sent"; readonly key: string }
  | ({ readonly type: "seen"; readonly cursor: string } & Stored)
  | { readonly type: "reset"; readonly reason: string }
  | { readonly type: "renewed" }
  | { readonly type: "signed_in_again" }
  | { readonly type: "fault"; readonly what: string };

/** A message as it is stored. */
export interface Stored {
  readonly key: string;
  readonly conversation: number;
  readonly seq: number;
}

/** What the stores show of a conversation. */
export interface Shown {
  readonly conversation: number;
  readonly messages: readonly { readonly seq: number; readonly key: string }[];
  readonly pending: number;
  readonly hasOlder: boolean;
  /**
   * The last `seq` as the list of conversations has it; null in a life that began with a cursor, as the list is then
   * made of events alone.
   */
  readonly listed: number | null | undefined;
}

/** A program that uses the client as an app does: it listens, keeps conversations open, and sends. */
export interface Program {
  send(key: string, conversation: number, content: string): void;
  /** How many messages wait in the outbox. */
  waiting(): number;
  shown(): readonly Shown[];
  /** Ends when the client is online. */
  online(): Promise<void>;
}

type Parts = Pick<ClientOptions, "tokens" | "platform"> & { readonly outbox: OutboxStorage };

const keyOf = (content: string) => content.split(" ", 1)[0] ?? "";
const storedOf = ({ content, conversation_id: conversation, seq }: Message): Stored => {
  return { key: keyOf(content), conversation, seq };
};

/** Starts one. */
export async function startProgram(
  { url, userId, credentials, isSignedIn, cursor, conversations }: ProgramOptions,
  parts: Parts,
  tell: (told: Told) => void,
): Promise<Program> {
  const told = new Set<string>();
  const client = createClient({
    ...{ ...parts, url, outbox: tellingOutbox(parts.outbox, told, tell) },
    ...(cursor === undefined ? {} : { start: { cursor, userId } }),
  });
  /** The keys of what is on its way, and of what this life has sent itself. */
  const keys = new Map<string, string>();
  const own = new Set<string>();

  client.on("token_renewed", () => tell({ type: "renewed" }));
  client.on("outbox_volatile", ({ code }) =>
    tell({ type: "fault", what: `the outbox is volatile: ${code}` }),
  );
  client.on("gap", (gap) => tell({ type: "fault", what: `a gap: ${JSON.stringify(gap)}` }));
  client.on("outbox", ({ clientMessageId: id, state }) => {
    const key = keys.get(id);
    if (state === "sent" && key !== undefined && !own.has(key)) tell({ type: "sent", key });
  });
  client.outbox.subscribe(noteKeys);
  function noteKeys() {
    for (const { clientMessageId, input } of client.outbox.getSnapshot())
      keys.set(clientMessageId, keyOf(input.content));
  }

  client.events.subscribe({
    event(event, at) {
      if (event.type === "message.created") tell({ type: "seen", cursor: at, ...storedOf(event.message) });
    },
    resumed: () => undefined,
    caughtUp: () => undefined,
    reset(reason) {
      if (cursor !== undefined || reason !== "no_cursor") tell({ type: "reset", reason });
    },
  });
  const stores = conversations.map((id) => client.conversation(id));
  for (const store of [...stores, client.stores.list]) store.subscribe(() => undefined);
  if (!isSignedIn) await client.auth.login(credentials);

  async function signInAgain(): Promise<void> {
    for (;;) {
      try {
        await client.auth.login(credentials);
        return tell({ type: "signed_in_again" });
      } catch {
        // Nobody can sign in while the network is away.
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }
  client.on("auth_lost", ({ reason }) => {
    if (reason === "session_ended") void signInAgain();
    else tell({ type: "fault", what: `nobody is signed in: ${reason}` });
  });

  function handOver(conversation: number, content: string): Sending | undefined {
    try {
      return client.conversation(conversation).send(content);
    } catch (error) {
      if (client.auth.lost() === undefined) throw error;
      return undefined;
    }
  }

  return {
    send(key, conversation, content) {
      const sending = handOver(conversation, content);
      if (!sending) return tell({ type: "declined", key });
      own.add(key);
      keys.set(sending.clientMessageId, key);
      sending.sent.then(
        (message) => tell({ type: "settled", key, stored: message && storedOf(message) }),
        (error: { code?: string; message?: string }) =>
          tell({ type: "refused", key, code: error.code ?? "?", reason: error.message ?? "?" }),
      );
    },
    waiting: () => client.outbox.getSnapshot().length,
    shown: () =>
      stores.map((store) => {
        const { items, hasOlder } = store.getSnapshot();
        const messages = items.flatMap((item) =>
          item.state === "sent" ? [{ seq: item.message.seq, key: keyOf(item.message.content) }] : [],
        );
        const listed = cursor === undefined ? client.stores.list.get(store.id)?.last_seq : null;
        return {
          conversation: store.id,
          messages,
          pending: items.length - messages.length,
          hasOlder,
          listed,
        };
      }),
    async online() {
      while (client.connection.getSnapshot().state !== "online")
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

/** The same storage, which tells of each message when it is durable for the first time. */
function tellingOutbox(
  storage: OutboxStorage,
  already: Set<string>,
  tell: (told: Told) => void,
): OutboxStorage {
  return {
    ...storage,
    async put(user, item) {
      await storage.put(user, item);
      if (already.has(item.clientMessageId)) return;
      already.add(item.clientMessageId);
      tell({ type: "kept", key: keyOf(item.input.content) });
    },
  };
}
