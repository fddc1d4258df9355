import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readMessages, transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada", "Blaise"]);

describe.each(transports)("sending again over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);
  const send = () => ({
    receiver_id: world.people[1]!.id,
    content: `once ${randomUUID()}`,
    client_message_id: randomUUID(),
  });

  it("the same key and message answers with the first message and says so", ["send"], async () => {
    const caller = await as(world.people[0]!);
    const input = send();
    const first = await caller.call("send", input);
    const again = await caller.call("send", input);
    expect(again).toMatchObject({ id: first.id, content: input.content, duplicate: true });
    expect(first.duplicate ?? false).toBe(false);
  });

  it("twenty sends at once with one key store one message", ["send"], async () => {
    const ada = world.people[0]!;
    // Two callers, because a batch takes ten calls.
    const callers = [await transport.open(world.server, ada), await transport.open(world.server, ada)];
    const input = send();
    const sends = callers.flatMap((caller) => Array.from({ length: 10 }, () => caller.call("send", input)));
    const answers = await Promise.all(sends);
    for (const caller of callers) await caller.close();
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect((await readMessages(ada)).filter(({ content }) => content === input.content)).toHaveLength(1);
  });

  it(
    "the same key with another text or receiver is a conflict, and nothing is stored",
    ["send"],
    async () => {
      const [ada, blaise] = [world.people[0]!, world.people[1]!];
      const caller = await as(ada);
      const input = send();
      const { id } = await caller.call("send", input);
      for (const change of [{ content: "something else" }, { receiver_id: ada.id }, { receiver_id: null }]) {
        await expectRefusal(caller.call("send", { ...input, ...change }), "IDEMPOTENCY_CONFLICT");
      }
      expect(await readMessages(blaise, `/messages/conversation/${ada.id}?limit=1`)).toMatchObject([{ id }]);
    },
  );

  it("a key belongs to its sender: somebody else may use the same", ["send"], async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const input = send();
    const adas = await (await as(ada)).call("send", input);
    const blaises = await (await as(blaise)).call("send", { ...input, receiver_id: ada.id });
    expect(blaises.id).not.toBe(adas.id);
    expect(blaises.duplicate ?? false).toBe(false);
  });

  it(
    "a message that was edited since is still the answer to a retry of its first text",
    ["send", "edit"],
    async () => {
      const caller = await as(world.people[0]!);
      const input = send();
      const { id } = await caller.call("send", input);
      await caller.call("edit", { message_id: id, content: "edited" });
      expect(await caller.call("send", input)).toMatchObject({ id, content: "edited", duplicate: true });
    },
  );

  it(
    "a key of more than 64 characters, a blank one and one of several lines are refused",
    ["send"],
    async () => {
      const caller = await as(world.people[0]!);
      for (const client_message_id of ["x".repeat(65), " ", "a\nb", 7]) {
        const refused = caller.call("send", { ...send(), client_message_id });
        await expectRefusal(refused, "VALIDATION_FAILED", "client_message_id");
      }
    },
  );
});

describe("one key for all surfaces", () => {
  test("a send whose answer was lost on one surface is answered on any other, under the same key", async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const input = { receiver_id: blaise.id, content: "across surfaces", client_message_id: randomUUID() };
    const ids = new Set<number>();
    for (const transport of transports) {
      const caller = await transport.open(world.server, ada);
      ids.add((await caller.call("send", input)).id);
      await caller.close();
    }
    expect(ids.size).toBe(1);
  });

  test("the Idempotency-Key header of REST is the same thing as client_message_id", async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const key = randomUUID();
    const post = (body: object, header: string = key) =>
      ada.call("POST", "/messages/", body, { "idempotency-key": header });
    const message = { receiver_id: blaise.id, content: "with a header" };

    const first = await post(message);
    const again = await post(message);
    expect([first.status, again.status]).toEqual([201, 200]);
    const { id } = (await first.json()) as { id: number };
    expect(await again.json()).toMatchObject({ id, duplicate: true, client_message_id: key });
    const byField = await ada.call("POST", "/messages/", { ...message, client_message_id: key });
    expect(await byField.json()).toMatchObject({ id, duplicate: true });

    expect((await post({ ...message, content: "another" })).status).toBe(409);
    expect((await post({ ...message, client_message_id: `${key}2` })).status).toBe(422);
    expect((await post({ ...message, content: "key too long" }, "x".repeat(65))).status).toBe(422);
  });
});
