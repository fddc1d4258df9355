import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("a second server on the same data is refused with a sentence, and the first goes on", async () => {
  await using first = await startTestServer();
  const second = startTestServer({}, { storage: first.storage });
  await expect(second).rejects.toThrow(
    /^Another Causerie process is using the (data folder|database) .+\.$/m,
  );
  // Its people would not have seen each other online, nor heard each other's messages.
  const { call } = await createPerson(first.url);
  expect((await call("GET", "/users/me")).status).toBe(200);
});

test("the data is free again as soon as its server has stopped", async () => {
  await using first = await startTestServer();
  const person = await createPerson(first.url);
  await first.stop();
  const next = await startTestServer({ PORT: String(first.port) }, { storage: first.storage });
  expect((await person.call("GET", "/users/me")).status).toBe(200);
  await next.stop();
});
