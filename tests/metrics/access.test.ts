import { expect, test } from "vitest";
import { startTestServer } from "../support/test-server.ts";

const token = "a-token-for-prometheus";

/** The status that `/metrics` answers with. */
async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers });
  const text = await answer.text();
  // Whoever is refused learns nothing.
  expect(text.includes("causerie_")).toBe(answer.status === 200);
  return answer.status;
}

test("without a token the own machine may ask, and nobody whom a proxy brings under its address", async () => {
  await using server = await startTestServer();
  expect(await ask(server.url)).toBe(200);
  for (const headers of [
    { "x-forwarded-for": "203.0.113.9" },
    { "x-forwarded-for": "127.0.0.1" },
    { forwarded: "for=127.0.0.1" },
    { "x-real-ip": "127.0.0.1" },
    { "x-forwarded-proto": "https" },
    { "x-forwarded-host": "chat.example.com" },
    { via: "1.1 proxy" },
  ]) {
    expect(await ask(server.url, headers), JSON.stringify(headers)).toBe(403);
  }
  // A token that nobody asked for opens nothing.
  const authorization = `Bearer ${token}`;
  expect(await ask(server.url, { authorization, "x-forwarded-for": "203.0.113.9" })).toBe(403);
});

test("behind a trusted proxy the caller's own address counts", async () => {
  await using server = await startTestServer({ TRUST_PROXY: "loopback" });
  const forwarded = (addresses: string) => ask(server.url, { "x-forwarded-for": addresses });
  for (const local of ["10.1.2.3", "192.168.0.7", "172.16.9.9", "fd00::7", "::1", "::ffff:10.0.0.1"])
    expect(await forwarded(local), local).toBe(200);
  for (const foreign of ["203.0.113.9", "2001:db8::1", "8.8.8.8", "nonsense", ""])
    expect(await forwarded(foreign), foreign).toBe(403);
  // The proxy appends whom it saw; what stands before that is the caller's own invention.
  expect(await forwarded("127.0.0.1, 203.0.113.9")).toBe(403);
  expect(await ask(server.url, { forwarded: "for=10.1.2.3" })).toBe(403);
  // The proxy's own machine, by itself.
  expect(await ask(server.url)).toBe(200);
});

test("with a token everybody has to bring it, the own machine too", async () => {
  await using server = await startTestServer({ METRICS_TOKEN: token });
  expect(await ask(server.url)).toBe(401);
  expect((await fetch(`${server.url}/metrics`)).headers.get("www-authenticate")).toBe("Bearer");
  for (const wrong of [`Bearer ${token}x`, `Bearer ${token.slice(1)}`, token, `Basic ${token}`, "Bearer "])
    expect(await ask(server.url, { authorization: wrong }), wrong).toBe(401);
  expect(await ask(server.url, { authorization: `Bearer ${token}` })).toBe(200);
  const foreign = { authorization: `Bearer ${token}`, "x-forwarded-for": "203.0.113.9" };
  expect(await ask(server.url, foreign)).toBe(200);
  expect(JSON.stringify(server.logs)).not.toContain(token);
});

test("it is only read, and answered in the text format of Prometheus, which nobody keeps", async () => {
  await using server = await startTestServer();
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const post = await fetch(`${server.url}/metrics`, { method: "POST" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});
