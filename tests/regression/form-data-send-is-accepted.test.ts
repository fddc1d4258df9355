import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("a browser's FormData sends a message: the receiver arrives as text and is a number", async () => {
  await using server = await startTestServer();
  const [sender, receiver] = [await createPerson(server.url), await createPerson(server.url)];
  const form = new FormData();
  form.append("receiver_id", String(receiver.id));
  form.append("content", "envoyé par formulaire");
  const answer = await fetch(`${server.url}/messages/`, {
    method: "POST",
    headers: { authorization: `Bearer ${sender.token}` },
    body: form,
  });
  expect(answer.status).toBe(201);
  const message = await answer.json();
  expect(message).toMatchObject({ receiver_id: receiver.id, content: "envoyé par formulaire" });
  expect(await (await receiver.call("GET", "/messages/")).json()).toMatchObject([
    { content: "envoyé par formulaire" },
  ]);
});
