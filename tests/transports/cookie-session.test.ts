import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { beforeAll, describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, password, type Person } from "../support/people.ts";
import { openSse } from "../support/sse.ts";
import { useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada"]);
let person: Person;
let own: string;
/** Pages of this origin may call with tokens unless configured otherwise; a cookie is not for them. */
const localPage = "http://localhost:5173";

beforeAll(async () => {
  person = await createPerson(world.server.url);
  own = world.server.url;
});

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  /** Its first line, parsed. */
  readonly body: Record<string, unknown>;
  readonly setCookies: readonly string[];
}

/** A raw request, because fetch decides about Origin and Cookie itself. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string | undefined> = {},
  json?: unknown,
): Promise<Answer> {
  const given = Object.entries({
    ...(json === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const sent = request(`${world.server.url}${path}`, { method, headers: Object.fromEntries(given) });
  sent.end(json === undefined ? undefined : typeof json === "string" ? json : JSON.stringify(json));
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += chunk as string;
  // A streamed batch is JSON a line.
  const parsed = JSON.parse(text.split("\n")[0] ?? "") as unknown;
  // tRPC answers a body that it cannot read as if it were a batch.
  const body = (Array.isArray(parsed) && path.startsWith("/trpc") ? parsed[0] : parsed) as Record<
    string,
    unknown
  > & {
    code?: string;
    error?: { data: { code: string } };
  };
  return {
    status: answer.statusCode ?? 0,
    code: body.error?.data.code ?? body.code,
    text,
    body,
    setCookies: answer.headers["set-cookie"] ?? [],
  };
}

interface CookieSession {
  readonly cookie: string;
  readonly csrf: string;
}

const loginOver = { REST: "/auth/cookie/login", tRPC: "/trpc/auth.cookie.login" };

async function signIn(path = loginOver.REST, headers: Record<string, string | undefined> = {}) {
  const credentials = { email: person.email, password };
  const answer = await send("POST", path, { origin: own, ...headers }, credentials);
  const cookies = answer.setCookies.map((text) => text.split(";")[0] ?? "");
  const csrf =
    cookies.find((text) => text.startsWith("causerie_csrf="))?.slice("causerie_csrf=".length) ?? "";
  return { answer, session: { cookie: cookies.join("; "), csrf } };
}

/** As a script of our own page calls. */
const asPage = ({ cookie, csrf }: CookieSession) => ({ cookie, origin: own, "x-csrf-token": csrf });
const note = { receiver_id: null, content: "from a page" };

describe.each(Object.entries(loginOver))("signing in over %s", (_name, path) => {
  test("sets a cookie that no script reads, and one with the CSRF token, both for this site only", async () => {
    const { answer, session } = await signIn(path);
    expect(answer.status).toBe(200);
    const attributes = answer.setCookies.map((text) => text.split("; ").slice(1).sort());
    expect(answer.setCookies[0]).toMatch(/^causerie_session=[^;]{100,}; /);
    expect(attributes[0]).toEqual(
      expect.arrayContaining(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Strict"]),
    );
    expect(answer.setCookies[1]).toMatch(/^causerie_csrf=/);
    expect(attributes[1]).not.toContain("HttpOnly");
    expect(attributes[1]).toContain("SameSite=Strict");
    expect(answer.setCookies.join()).not.toContain("Secure");
    expect(answer.text).toContain(session.csrf);
    expect(answer.text).not.toContain(session.cookie.split(";")[0]!.slice(20));
    expect(answer.text).toContain('"expires_in":2592000');
  });

  test("is for pages of our own origin, in JSON", async () => {
    for (const origin of [undefined, localPage, "https://evil.example", "null"]) {
      const { answer } = await signIn(path, { origin });
      expect([answer.status, answer.code]).toEqual([403, "FORBIDDEN"]);
      expect(answer.setCookies).toEqual([]);
    }
    const { email } = person;
    const part = (name: string, value: string) =>
      `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const bodies = {
      "text/plain": JSON.stringify({ email, password }),
      "application/x-www-form-urlencoded": new URLSearchParams({ email, password }).toString(),
      "multipart/form-data; boundary=x": `${part("email", email)}${part("password", password)}--x--\r\n`,
    };
    for (const [type, body] of Object.entries(bodies)) {
      const answer = await send("POST", path, { origin: own, "content-type": type }, body);
      expect([answer.status, answer.code, answer.setCookies], type).toEqual([
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        [],
      ]);
    }
  });

  test("refuses wrong credentials, and sets nothing", async () => {
    const credentials = { email: person.email, password: "not the one" };
    const answer = await send("POST", path, { origin: own }, credentials);
    expect([answer.status, answer.code]).toEqual([401, "INVALID_CREDENTIALS"]);
    expect(answer.setCookies).toEqual([]);
  });

  test("works while a cookie that is over is still there, and while one is good", async () => {
    const { session } = await signIn(path);
    expect((await signIn(path, { cookie: session.cookie })).answer.status).toBe(200);
    await send("POST", "/auth/logout", asPage(session));
    expect((await signIn(path, { cookie: session.cookie })).answer.status).toBe(200);
    const credentials = { username: person.email, password };
    const withTokens = await send(
      "POST",
      "/auth/token",
      { cookie: session.cookie, origin: own },
      credentials,
    );
    expect(withTokens.status).toBe(200);
  });
});

test("a streamed batch, whose headers are gone by then, is no place to sign in", async () => {
  const headers = { origin: own, "trpc-accept": "application/jsonl" };
  const answer = await send("POST", `${loginOver.tRPC}?batch=1`, headers, {
    0: { email: person.email, password },
  });
  expect(answer.text).toContain("Call this in a batch that is not streamed.");
  expect(answer.setCookies).toEqual([]);
});

describe("a cookie counts", () => {
  let session: CookieSession;
  beforeAll(async () => {
    session = (await signIn()).session;
  });

  const reads = ["/users/me", "/trpc/users.me"];
  const writes: [string, unknown][] = [
    ["/messages/", note],
    ["/trpc/messages.send", note],
  ];

  test("for reads of our own pages, which send no Origin or ours", async () => {
    for (const path of reads) {
      for (const origin of [undefined, own, own.replace("http:", "https:")]) {
        const answer = await send("GET", path, { cookie: session.cookie, origin });
        expect(answer.status).toBe(200);
        expect(answer.text).toContain(person.email);
      }
    }
  });

  test("for nothing that comes from another origin, even one that may call with tokens", async () => {
    for (const origin of [localPage, "https://evil.example", "null", `${own}.evil.example`]) {
      for (const path of reads) {
        const answer = await send("GET", path, { cookie: session.cookie, origin });
        expect([answer.status, answer.code]).toEqual([401, "UNAUTHORIZED"]);
      }
      for (const [path, body] of writes) {
        expect((await send("POST", path, { ...asPage(session), origin }, body)).status).toBe(401);
      }
    }
  });

  test("for writes with our Origin and the CSRF token, which a refusal asks for", async () => {
    for (const [path, body] of writes) {
      const { origin: _origin, ...withoutOrigin } = asPage(session);
      expect((await send("POST", path, withoutOrigin, body)).status).toBe(401);
      for (const csrf of [undefined, "", "wrong", session.csrf.slice(0, -1), `${session.csrf}A`]) {
        const answer = await send("POST", path, { ...asPage(session), "x-csrf-token": csrf }, body);
        expect([answer.status, answer.code]).toEqual([403, "CSRF_TOKEN_INVALID"]);
        expect(answer.text).toContain("X-CSRF-Token");
      }
      const another = (await signIn()).session;
      const answer = await send("POST", path, { ...asPage(session), "x-csrf-token": another.csrf }, body);
      expect(answer.code).toBe("CSRF_TOKEN_INVALID");
      expect((await send("POST", path, asPage(session), body)).status).toBeLessThan(300);
    }
  });

  test("for PUT and DELETE under the same rule", async () => {
    const bare = { cookie: session.cookie, origin: own };
    expect((await send("PUT", "/users/me", bare, { name: "Forged" })).code).toBe("CSRF_TOKEN_INVALID");
    const [{ id }] = (await send("GET", "/auth/sessions", bare)).body as unknown as [{ id: string }];
    expect((await send("DELETE", `/auth/sessions/${id}`, bare)).code).toBe("CSRF_TOKEN_INVALID");
    expect((await send("PUT", "/users/me", asPage(session), { name: "Ada" })).status).toBe(200);
  });

  test("for JSON only: the bodies that any page's form can send are refused", async () => {
    const bodies: [string, string][] = [
      ["application/x-www-form-urlencoded", "receiver_id=&content=forged"],
      [
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="content"\r\n\r\nforged\r\n--x--\r\n',
      ],
      ["text/plain", JSON.stringify(note)],
      ["application/jsonp", JSON.stringify(note)],
    ];
    for (const [type, body] of bodies) {
      for (const [path] of writes) {
        const answer = await send("POST", path, { ...asPage(session), "content-type": type }, body);
        expect([answer.status, answer.code], `${type} at ${path}`).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
      }
    }
    const withCharset = { ...asPage(session), "content-type": "application/json; charset=utf-8" };
    expect((await send("POST", "/messages/", withCharset, note)).status).toBe(201);
  });

  test("only without an Authorization header, whatever that says", async () => {
    for (const authorization of [`Bearer ${world.people[0]!.token}`, "Bearer nonsense", "Basic eDp5"]) {
      const answer = await send("GET", "/users/me", { ...asPage(session), authorization });
      expect(answer.text).not.toContain(person.email);
    }
    // The bearer needs no CSRF token: no browser adds that header by itself.
    const headers = { cookie: session.cookie, authorization: `Bearer ${person.token}` };
    expect((await send("POST", "/messages/", headers, note)).status).toBe(201);
  });

  test("as none when it is forged", async () => {
    const value = session.cookie.split("; ")[0]!.slice("causerie_session=".length);
    const [id, bits, mac] = value.split(".") as [string, string, string];
    const forged = [
      "",
      "nonsense",
      `${id}.${bits}`,
      `${id}.${mac}.${bits}`,
      `${id}.${bits}.${bits}`,
      `${value}A`,
      person.refreshToken,
      person.token,
      "%E0%A4%A",
    ];
    for (const text of forged) {
      const cookie = `causerie_session=${text}`;
      expect((await send("GET", "/users/me", { cookie })).code).toBe("UNAUTHORIZED");
      expect((await send("POST", "/messages/", { ...asPage(session), cookie }, note)).code).toBe(
        "UNAUTHORIZED",
      );
    }
    // A cookie is no refresh token either.
    const answer = await send("POST", "/auth/refresh", {}, { refresh_token: value });
    expect(answer.status).toBe(401);
    expect((await send("GET", "/users/me", { cookie: session.cookie })).status).toBe(200);
  });

  test("for no renewal: it makes no tokens", async () => {
    for (const path of ["/auth/refresh", "/trpc/auth.refresh"]) {
      expect((await send("POST", path, asPage(session), {})).status).toBe(401);
    }
  });

  test("in the list of sessions, as what it is", async () => {
    const { body } = await send("GET", "/auth/sessions", { cookie: session.cookie });
    const current = (body as unknown as { current: boolean; kind: string }[]).find((one) => one.current);
    expect(current?.kind).toBe("cookie");
  });
});

describe("on live connections", () => {
  const openSocket = async (headers: Record<string, string>, params = true) => {
    const socket = await openFrames(`${world.server.wsUrl}/trpc${params ? "?connectionParams=1" : ""}`, {
      headers,
    });
    if (params) socket.send({ method: "connectionParams", data: {} });
    socket.send({ id: 1, method: "query", params: { path: "users.me" } });
    return { socket, answer: await socket.next((frame) => frame["id"] === 1) };
  };

  test("a socket of our own page needs no token, and ends with the session", async () => {
    const { session } = await signIn();
    const { socket, answer } = await openSocket({ cookie: session.cookie, origin: own });
    expect(answer).toMatchObject({ result: { data: { id: person.id } } });
    socket.send({ id: 2, method: "mutation", params: { path: "messages.send", input: note } });
    expect(await socket.next((frame) => frame["id"] === 2)).toMatchObject({ result: { data: note } });
    await send("POST", "/auth/logout", asPage(session));
    expect(await socket.closed(1000)).toBe(4401);
  });

  test("a socket of another page, of no page, or with a cookie that is over is nobody's", async () => {
    const { session } = await signIn();
    const { session: over } = await signIn();
    await send("POST", "/auth/logout", asPage(over));
    const handshakes: Record<string, string>[] = [
      { cookie: session.cookie, origin: localPage },
      { cookie: session.cookie },
      { cookie: over.cookie, origin: own },
    ];
    for (const headers of handshakes) {
      for (const params of [true, false]) {
        const { socket, answer } = await openSocket(headers, params);
        expect(answer).toMatchObject({ error: { data: { code: "UNAUTHORIZED" } } });
        socket.close();
      }
    }
  });

  test("the seed's sockets know nothing of cookies", async () => {
    const { session } = await signIn();
    const headers = { cookie: session.cookie, origin: own };
    const chat = await openFrames(`${world.server.wsUrl}/messages/ws`, { headers });
    expect(await chat.closed()).toBe(4001);
    const activity = await openFrames(`${world.server.wsUrl}/users/ws/none`, { headers });
    expect(await activity.closed()).toBe(4001);
  });

  test("server-sent events come with it as they do with a token, and end with the session", async () => {
    const { session } = await signIn();
    const stream = await openSse(world.server.url, "events.stream", { cookie: session.cookie });
    await expect.poll(() => stream.events.length).toBeGreaterThan(1);
    await send("POST", "/messages/", asPage(session), { receiver_id: null, content: "heard by cookie" });
    await expect.poll(() => JSON.stringify(stream.events)).toContain("heard by cookie");
    await send("POST", "/auth/logout", asPage(session));
    await stream.ended;
    expect(stream.events.at(-1)).toMatchObject({ data: { data: { code: "UNAUTHORIZED" } } });
  });
});

describe.each(["/auth/logout", "/trpc/auth.logout"])("signing out at %s", (path) => {
  // tRPC wants to hear it even of a call without a body.
  const json = { "content-type": "application/json" };

  test("ends the session and takes both cookies back", async () => {
    const { session } = await signIn();
    const answer = await send("POST", path, { ...asPage(session), ...json });
    expect(answer.status).toBe(200);
    expect(answer.setCookies).toHaveLength(2);
    for (const name of ["causerie_session", "causerie_csrf"]) {
      const cleared = answer.setCookies.find((text) => text.startsWith(`${name}=;`));
      expect(cleared).toContain("Expires=Thu, 01 Jan 1970");
      expect(cleared).toContain("SameSite=Strict");
    }
    expect((await send("GET", "/users/me", { cookie: session.cookie })).status).toBe(401);
  });

  test("with a token leaves the cookies of the browser alone", async () => {
    const { session } = await signIn();
    const other = await createPerson(world.server.url);
    const headers = { ...asPage(session), ...json, authorization: `Bearer ${other.token}` };
    const answer = await send("POST", path, headers);
    expect([answer.status, answer.setCookies]).toEqual([200, []]);
    expect((await send("GET", "/users/me", { cookie: session.cookie })).status).toBe(200);
  });
});
