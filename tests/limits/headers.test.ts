import { rateLimits } from "@causerie/shared";
import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { limited, parseItems, post } from "./callers.ts";

const left = (answer: Response) => parseItems(answer.headers.get("ratelimit"));
const policy = (answer: Response) => parseItems(answer.headers.get("ratelimit-policy"));

test("answers of limited operations say what is allowed and what is left, over REST and tRPC", async () => {
  await using server = await startTestServer(limited);
  const person = await createPerson(server.url);
  const message = { receiver_id: person.id, content: "hello" };
  const sent = await person.call("POST", "/messages/", message);
  expect(sent.status).toBe(201);
  expect(sent.headers.get("ratelimit-policy")).toBe(
    '"body";q=500;w=10, "send";q=10;w=1, "send_reserve";q=50;w=60',
  );
  expect(left(sent)).toMatchObject({ send: { r: 9, t: 1 } });

  const headers = { authorization: `Bearer ${person.token}` };
  const renamed = await person.call("PUT", "/users/me", { name: "Ada" });
  expect(left(renamed)).toMatchObject({ update_me: { r: 19, t: 60 } });
  const again = await post(server, "/trpc/users.updateMe", { name: "Ada" }, headers);
  expect(again.status).toBe(200);
  expect(left(again)).toMatchObject({ update_me: { r: 18 } });
  expect(policy(again)).toMatchObject({ update_me: { q: 20, w: 60 } });
});

test("refused answers say so too, whatever they are refused for", async () => {
  await using server = await startTestServer(limited);
  const person = await createPerson(server.url);
  const wrong = await post(server, "/auth/login", { email: person.email, password: "wrong password" });
  expect(wrong.status).toBe(401);
  expect(left(wrong)).toMatchObject({ sign_in: { r: 18 } });

  const { quota } = rateLimits.broadcast.windows[0];
  for (let n = 0; n < quota; n += 1) await person.call("POST", "/users/broadcast", { message: "hello" });
  const refused = await person.call("POST", "/users/broadcast", { message: "hello" });
  expect(refused.status).toBe(429);
  const { r, t } = left(refused)["broadcast"] ?? {};
  expect(r).toBe(0);
  expect(Number(refused.headers.get("retry-after"))).toBe(t);
});

test("a batch shows each limit as its last call left it", async () => {
  await using server = await startTestServer(limited);
  const input = (n: number) => ({ email: `nobody-${n}@example.com`, password: "motdepasse123" });
  const path = "/trpc/auth.login,auth.login,auth.login?batch=1";
  const answer = await post(server, path, { 0: input(0), 1: input(1), 2: input(2) });
  expect(left(answer)).toMatchObject({ sign_in: { r: 17 }, body: { r: 499 } });
});

test("answers of what is not limited say nothing, nor does a server without limits", async () => {
  await using server = await startTestServer(limited);
  const person = await createPerson(server.url);
  const listed = await person.call("GET", "/messages/");
  expect(listed.headers.get("ratelimit")).toBeNull();
  await using open = await startTestServer();
  const registered = await post(open, "/auth/register", {});
  expect(registered.headers.get("ratelimit-policy")).toBeNull();
});
