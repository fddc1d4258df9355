import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("what the server logs of its work is requests, not SQL", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  await person.call("POST", "/messages/", { receiver_id: null, content: "hello" });
  await person.call("GET", "/messages/");
  const log = JSON.stringify(server.logs);
  expect(log).toContain("/messages/");
  expect(log).not.toMatch(/insert into|select .+ from|begin|password_hash/i);
});
