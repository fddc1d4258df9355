import { expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("the activity socket serves a good token, and with a bad one nothing at all", async () => {
  await using server = await startTestServer();
  const [person, observer] = [await createPerson(server.url), await createPerson(server.url)];
  const listening = await openFrames(`${server.wsUrl}/users/ws/${observer.token}`);

  const forged = await openFrames(`${server.wsUrl}/users/ws/${person.token.slice(0, -2)}xx`);
  forged.send({ type: "get_active_users" });
  expect(await forged.closed()).toBe(4001);
  expect(forged.frames).toEqual([]);
  const status = await observer.call("GET", `/users/active/status/${person.id}`);
  expect(await status.json()).toMatchObject({ is_active: false });

  const good = await openFrames(`${server.wsUrl}/users/ws/${person.token}`);
  expect(await good.next()).toMatchObject({ type: "active_users", users: [person.id, observer.id] });
  const told = await listening.next(({ type }) => type === "user_status");
  expect(told).toMatchObject({ user_id: person.id, status: "online" });
  expect(listening.frames.filter(({ type }) => type === "user_status")).toHaveLength(1);
  good.close();
  listening.close();
});
