import { eventOf, openEngineIoSocket } from "./engine-io-socket.ts";
import { openBareSocket, openSocketIoSocket } from "./joined-sockets.ts";
import { openRawSocket, type RawSocket } from "./raw-socket.ts";
import type { Pair } from "./send-pairs.ts";
import type { ServerUnderTest } from "./server-under-test.ts";
import { callOf, openEventStream } from "./trpc-socket.ts";

/** Opens a socket for each of two people, of whom the second has the next id. */
async function openBoth(senderId: number, open: (userId: number) => Promise<RawSocket>) {
  return { sender: await open(senderId), receiver: await open(senderId + 1) };
}

/** What a tRPC client sends: each call with an id of its own. */
function trpcFrames(senderId: number): Pair["frame"] {
  let calls = 1;
  return (client_message_id, content) => {
    calls += 1;
    return callOf(calls, "mutation", "messages.send", {
      receiver_id: senderId + 1,
      content,
      client_message_id,
    });
  };
}

export async function openBarePair(server: ServerUnderTest, senderId: number): Promise<Pair> {
  return {
    ...(await openBoth(senderId, (userId) => openBareSocket(server, userId))),
    frame: (client_message_id, content) =>
      JSON.stringify({ receiver_id: senderId + 1, content, client_message_id }),
  };
}

export function openCauserieChatPair(tokenOf: (userId: number) => string) {
  return async ({ port }: ServerUnderTest, senderId: number): Promise<Pair> => ({
    ...(await openBoth(senderId, async (userId) => {
      const socket = await openRawSocket({ port, path: `/messages/ws?token=${tokenOf(userId)}` });
      // The answer says that the token was taken and the socket follows.
      socket.send('{"type":"ping"}');
      await socket.next((text) => text.includes('"pong"'));
      return socket;
    })),
    frame: (client_message_id, content) =>
      JSON.stringify({ type: "send_message", receiver_id: senderId + 1, content, client_message_id }),
  });
}

export function openCauserieTrpcPair(tokenOf: (userId: number) => string) {
  return async ({ port }: ServerUnderTest, senderId: number): Promise<Pair> => {
    const sockets = await openBoth(senderId, async (userId) => {
      const socket = await openEventStream({ port, token: tokenOf(userId) });
      // The stream begins with where it stands.
      await socket.next((text) => text.includes('"data"'));
      return socket;
    });
    // The first message of two people makes their conversation, which is an event of its own.
    const frame = trpcFrames(senderId);
    sockets.sender.send(frame("first", "Bonjour"));
    const isFirst = (text: string) => text.includes("message.created") && text.includes("first");
    await Promise.all([sockets.sender.next(isFirst), sockets.receiver.next(isFirst)]);
    return { ...sockets, frame };
  };
}

export async function openStockTrpcPair({ port }: ServerUnderTest, senderId: number): Promise<Pair> {
  return {
    ...(await openBoth(senderId, (userId) => openEventStream({ port, path: `/?user=${userId}` }))),
    frame: trpcFrames(senderId),
  };
}

export async function openSocketIoPair(server: ServerUnderTest, senderId: number): Promise<Pair> {
  return {
    ...(await openBoth(senderId, (userId) => openSocketIoSocket(server, userId))),
    frame: (client_message_id, content) =>
      eventOf(["send", { receiver_id: senderId + 1, content, client_message_id }]),
  };
}

export async function openFeathersPair({ port, url }: ServerUnderTest, senderId: number): Promise<Pair> {
  let calls = 1;
  return {
    ...(await openBoth(senderId, async (userId) => {
      const accessToken = await (await fetch(`${url}/${userId}`)).text();
      const socket = await openEngineIoSocket({ port });
      socket.send(eventOf(["create", "authentication", { strategy: "jwt", accessToken }, {}], 0));
      const answer = await socket.next((text) => text.startsWith("430"));
      if (!answer.startsWith("430[null")) throw new Error(`FeathersJS refused a token: ${answer}`);
      return socket;
    })),
    frame(client_message_id, content) {
      calls += 1;
      return eventOf(
        ["create", "messages", { receiver_id: senderId + 1, content, client_message_id }, {}],
        calls,
      );
    },
  };
}
