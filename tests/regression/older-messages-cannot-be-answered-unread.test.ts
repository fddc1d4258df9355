import { expect, it } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

it("whoever may not read what was written before they came cannot answer it either", async () => {
  await using server = await startTestServer();
  const [owner, newcomer] = await Promise.all([createPerson(server.url), createPerson(server.url)]);
  const group = await owner.call("POST", "/conversations", { kind: "group", name: "Équipe" });
  const { id: conversation_id } = (await group.json()) as { id: number };
  const earlier = await owner.call("POST", "/messages/", { conversation_id, content: "before" });
  const { id: reply_to } = (await earlier.json()) as { id: number };
  await owner.call("POST", `/conversations/${conversation_id}/members`, { user_ids: [newcomer.id] });

  const answerTo = async (answered: number) => {
    const body = { conversation_id, content: "an answer", reply_to: answered };
    const answer = await newcomer.call("POST", "/messages/", body);
    const { detail } = (await answer.json()) as { detail: string };
    return { status: answer.status, detail };
  };
  const unread = await answerTo(reply_to);
  expect(unread.status).toBe(422);
  expect(unread).toEqual(await answerTo(999_999));
});
