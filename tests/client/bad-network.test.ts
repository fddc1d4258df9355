import { createClient, type Client } from "@causerie/client";
import { createFaultyNetwork, type FaultyNetwork, type FaultyNetworkOptions } from "@causerie/client/testing";
import { startTestServer, type TestServer, type TestUser } from "@causerie/server/testing";
import { expect, test } from "vitest";

interface SignedIn extends AsyncDisposable {
  readonly client: Client;
  readonly network: FaultyNetwork;
}

/** A client with a network of its own, in the server's time. Its connection is wanted. */
async function signIn(
  server: TestServer,
  { email, password }: TestUser,
  options: FaultyNetworkOptions,
): Promise<SignedIn> {
  const { clock } = server;
  const network = createFaultyNetwork({ clock, ...options });
  const { fetch, WebSocket, random } = network;
  const client = createClient({ url: server.url, platform: { clock, fetch, WebSocket, random } });
  await client.auth.login({ email, password });
  client.connection.connect();
  return { client, network, [Symbol.asyncDispose]: () => client.close() };
}

/** Two people, and a conversation of theirs. */
async function twoPeople(server: TestServer, options: FaultyNetworkOptions) {
  const [anna, bert] = [await server.createUser(), await server.createUser()];
  const sender = await signIn(server, anna, options);
  const receiver = await signIn(server, bert, options);
  const { id } = await sender.client.conversations.create({ kind: "direct", member_ids: [bert.id] });
  const store = receiver.client.conversation(id);
  const stop = store.subscribe(() => undefined);
  const sent: string[] = [];
  const outcomes: Promise<string>[] = [];
  let settled = 0;

  return {
    ...{ sender, receiver, sent, outcomes },
    /** What the receiver sees. */
    shown: () =>
      store.getSnapshot().items.map((item) => (item.state === "sent" ? item.message.content : item.state)),
    /** Sends one message after the other, half a second apart. */
    async send(count: number) {
      for (let n = 0; n < count; n += 1) {
        const content = `message ${sent.length}`;
        sent.push(content);
        const sending = sender.client.conversation(id).send(content);
        outcomes.push(
          sending.sent
            .then(
              (message) => message?.content ?? "deleted",
              (error: Error) => error.message,
            )
            .finally(() => (settled += 1)),
        );
        await server.clock.advance(500);
      }
    },
    /** Lets time pass until nothing is on its way any more, for a quarter of an hour at most. */
    async calm() {
      for (let second = 0; second < 900; second += 1) {
        if (settled === sent.length && this.shown().length >= sent.length) return;
        await server.clock.advance(1_000);
      }
    },
    async [Symbol.asyncDispose]() {
      stop();
      await sender.client.close();
      await receiver.client.close();
    },
  };
}

const someNew = undefined;

test.each([1, 2, someNew])(
  "whatever happens by chance, every message arrives once, in order, and every send ends once (seed %s)",
  { timeout: 120_000 },
  async (seed) => {
    await using server = await startTestServer();
    await using chat = await twoPeople(server, seed === undefined ? {} : { seed });
    const faults = [chat.sender.network.atRandom(), chat.receiver.network.atRandom()];
    await chat.send(30);
    await chat.calm();
    expect(faults.every(({ count }) => count > 0)).toBe(true);
    expect(chat.shown()).toEqual(chat.sent);
    expect(await Promise.all(chat.outcomes)).toEqual(chat.sent);
  },
);

test("nor is anything lost or doubled by what happens to chats", { timeout: 120_000 }, async () => {
  await using server = await startTestServer({ env: { ACCESS_TOKEN_TTL: "5m" } });
  await using chat = await twoPeople(server, { seed: 1 });
  const { sender, receiver } = chat;
  const stateOf = ({ client }: SignedIn) => client.connection.getSnapshot();
  await chat.send(3);

  // A tunnel, long enough for both to find the connection dead.
  const tunnels = [sender.network.freeze(), receiver.network.freeze()];
  await chat.send(3);
  await server.clock.advance(90_000);
  expect(stateOf(receiver).state).toBe("reconnecting");
  tunnels.forEach((tunnel) => tunnel.stop());
  await chat.calm();

  // Tokens that the server does not take any more, and a server that goes away.
  sender.network.expire();
  await chat.send(3);
  await server.restart(() => chat.send(3));
  await chat.calm();

  // A network without WebSockets, where answers get lost.
  const blocks = [sender.network.blockWebSocket(), receiver.network.blockWebSocket()];
  sender.network.cut();
  receiver.network.cut();
  const lost = sender.network.drop({ kind: "answer", path: "messages.send" }, { times: 2 });
  await chat.send(3);
  await chat.calm();
  expect(lost.count).toBe(2);
  expect([stateOf(sender), stateOf(receiver)]).toEqual([
    { state: "online", transport: "sse" },
    { state: "online", transport: "sse" },
  ]);

  // Ten minutes later all is as it was, with other tokens.
  blocks.forEach((block) => block.stop());
  await server.clock.advance(600_000);
  await chat.send(3);
  await chat.calm();
  expect(stateOf(receiver)).toEqual({ state: "online", transport: "websocket" });

  expect(chat.shown()).toEqual(chat.sent);
  expect(await Promise.all(chat.outcomes)).toEqual(chat.sent);
});
