import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createPerson, password, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { SeedApiClient } from "./seed-api-client.ts";
import { SeedLiveClient } from "./seed-live-client.ts";

let server: TestServer;
let jean: Person;
let marie: Person;
beforeAll(async () => {
  server = await startTestServer();
  jean = await createPerson(server.url, "Jean Dupont");
  marie = await createPerson(server.url, "Marie Curie");
});
afterAll(() => server[Symbol.asyncDispose]());

const soon = { interval: 5, timeout: 5000 };

describe("the seed's HTTP client", () => {
  test("signs in with a form, sends with a form, and reads the conversation", async () => {
    const api = new SeedApiClient(server.url);
    expect(await api.login(jean.email, password)).toMatchObject({ token_type: "bearer" });
    const sent = await api.sendMessage(marie.id, "Bonjour, comment allez-vous ?");
    expect(sent).toMatchObject({ sender_id: jean.id, receiver_id: marie.id });
    expect(await api.getConversation(marie.id)).toMatchObject([
      { id: sent.id, content: "Bonjour, comment allez-vous ?" },
    ]);
  });

  test("sees who is active", async () => {
    const api = new SeedApiClient(server.url);
    await api.login(jean.email, password);
    const active = await api.getActiveUsers();
    expect(active).toMatchObject({
      active_users: expect.any(Array) as number[],
      count: active.active_users.length,
    });
  });

  test("learns that a sign-in failed", async () => {
    await expect(new SeedApiClient(server.url).login(jean.email, "wrong")).rejects.toThrow(
      "Échec de la connexion",
    );
  });
});

describe("the seed's live client", () => {
  function connect(person: Person) {
    const callbacks = {
      onActiveUsersUpdate: vi.fn<(users: number[]) => void>(),
      onUserStatusChange: vi.fn<(userId: number, status: string) => void>(),
      onNewMessage: vi.fn<(message: { id: number }) => void>(),
      onMessageUpdated: vi.fn<(message: { id: number }) => void>(),
      onMessageDeleted: vi.fn<(messageId: number) => void>(),
    };
    const client = new SeedLiveClient(server.wsUrl, person.token, callbacks);
    client.connectActivity();
    client.connectMessages();
    return { client, ...callbacks };
  }

  test("every one of its callbacks fires, with what it was promised", async () => {
    const jeans = connect(jean);
    await expect.poll(() => jeans.client.isReady(), soon).toBe(true);
    await expect.poll(() => jeans.onActiveUsersUpdate.mock.lastCall, soon).toEqual([[jean.id]]);

    const maries = connect(marie);
    await expect.poll(() => maries.client.isReady(), soon).toBe(true);
    await expect.poll(() => jeans.onUserStatusChange.mock.calls, soon).toContainEqual([marie.id, "online"]);
    await expect.poll(() => [...maries.client.activeUsers].sort(), soon).toEqual([jean.id, marie.id].sort());

    jeans.client.sendMessage(marie.id, "Message via WebSocket");
    await expect
      .poll(() => maries.onNewMessage.mock.lastCall?.[0], soon)
      .toMatchObject({
        content: "Message via WebSocket",
        sender_id: jean.id,
        receiver_id: marie.id,
      });
    // The sender's own window shows it too.
    await expect.poll(() => jeans.onNewMessage.mock.calls.length, soon).toBe(1);
    const { id } = maries.onNewMessage.mock.lastCall![0];

    await jean.call("PUT", `/messages/${id}`, { content: "Message modifié" });
    await expect
      .poll(() => maries.onMessageUpdated.mock.lastCall?.[0], soon)
      .toMatchObject({ id, content: "Message modifié" });
    await jean.call("DELETE", `/messages/${id}`);
    await expect.poll(() => maries.onMessageDeleted.mock.calls, soon).toEqual([[id]]);
    expect(jeans.onMessageDeleted.mock.calls).toEqual([[id]]);

    maries.client.ping();
    maries.client.disconnect();
    await expect.poll(() => jeans.onUserStatusChange.mock.lastCall, soon).toEqual([marie.id, "offline"]);
    expect([...jeans.client.activeUsers]).toEqual([jean.id]);
    expect(maries.onNewMessage).toHaveBeenCalledTimes(1);
    jeans.client.disconnect();
  });
});
