import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, password } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada", "Blaise", "Chloé"]);
let count = 0;
const freshEmail = () => `rest-${(count += 1)}@example.com`;
const any = expect.any(String) as string;

type Fields = Readonly<Record<string, string>>;
const multipart = (fields: Fields) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};
const bodyTypes: [string, (fields: Fields) => RequestInit][] = [
  ["JSON", (fields) => ({ body: JSON.stringify(fields), headers: { "content-type": "application/json" } })],
  [
    "JSON with a charset",
    (fields) => ({
      body: JSON.stringify(fields),
      headers: { "content-type": "application/json; charset=utf-8" },
    }),
  ],
  ["a urlencoded form", (fields) => ({ body: new URLSearchParams(fields) })],
  ["a multipart form", (fields) => ({ body: multipart(fields) })],
];

async function post(path: string, init: RequestInit, token?: string): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  return await fetch(`${world.server.url}${path}`, { method: "POST", ...init, headers });
}

describe.each(bodyTypes)("bodies as %s", (_name, encode) => {
  test("an account is made and signed in", async () => {
    const email = freshEmail();
    const made = await post("/auth/register", encode({ name: "Jean Dupont", email, password }));
    expect(made.status).toBe(201);
    expect(await made.json()).toEqual({
      id: expect.any(Number) as number,
      name: "Jean Dupont",
      email,
      is_admin: false,
      created_at: any,
      updated_at: any,
    });
    const form = {
      grant_type: "password",
      username: email,
      password,
      scope: "",
      client_id: "",
      client_secret: "",
    };
    const signedIn = await post("/auth/token", encode(form));
    expect(signedIn.status).toBe(200);
    expect(await signedIn.json()).toEqual({
      access_token: any,
      token_type: "bearer",
      expires_in: 86_400,
      user_id: expect.any(Number) as number,
      refresh_token: any,
    });
  });

  test("a message is sent with its receiver as text, edited, and renewed tokens are answered", async () => {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const content = "ça va ? 👋 & = +";
    const sent = await post("/messages/", encode({ receiver_id: String(blaise.id), content }), ada.token);
    expect(sent.status).toBe(201);
    const message = (await sent.json()) as { id: number };
    expect(message).toMatchObject({ sender_id: ada.id, receiver_id: blaise.id, content });
    const path = `/messages/${message.id}`;
    const edited = await post(path, { ...encode({ content: "édité" }), method: "PUT" }, ada.token);
    expect(await edited.json()).toMatchObject({ id: message.id, content: "édité" });
    const renewed = await post("/auth/refresh", encode({ refresh_token: "nonsense" }));
    expect(renewed.status).toBe(401);
  });

  test("a message without a receiver_id is refused", async () => {
    const refused = await post("/messages/", encode({ content: "to whom?" }), world.people[0]!.token);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      errors: [{ loc: ["body", "receiver_id"], type: "missing" }],
    });
  });

  test("an empty body is an object without fields", async () => {
    expect((await post("/auth/register", encode({}))).status).toBe(422);
  });
});

test("an empty receiver_id is null in a form, which is a public message, and no id in JSON", async () => {
  const { token } = world.people[0]!;
  for (const body of [
    multipart({ receiver_id: "", content: "public" }),
    new URLSearchParams({ receiver_id: "", content: "public" }),
  ]) {
    const sent = await post("/messages/", { body }, token);
    expect([sent.status, ((await sent.json()) as { receiver_id: unknown }).receiver_id]).toEqual([201, null]);
  }
  const json = await world.people[0]!.call("POST", "/messages/", { receiver_id: "", content: "public" });
  expect(json.status).toBe(422);
});

describe("every operation", () => {
  /** Method, path, body, status; `{…}` stands for an id known only when the test runs. */
  const operations: [string, string, object | undefined, number][] = [
    ["GET", "/auth/me", undefined, 200],
    ["GET", "/users/me", undefined, 200],
    ["PUT", "/users/me", { name: "Ada" }, 200],
    ["GET", "/users", undefined, 200],
    ["GET", "/users/{blaise}", undefined, 200],
    ["GET", "/users/active/list", undefined, 200],
    ["GET", "/users/active/status/{blaise}", undefined, 200],
    ["POST", "/users/broadcast", { message: "Annonce" }, 200],
    ["POST", "/messages", { receiver_id: null, content: "x" }, 201],
    ["GET", "/messages", undefined, 200],
    ["GET", "/messages/conversation/{blaise}", undefined, 200],
    ["PUT", "/messages/{message}", { content: "y" }, 200],
    ["GET", "/messages/online-users", undefined, 200],
    ["GET", "/conversations", undefined, 200],
    ["GET", "/conversations/{conversation}", undefined, 200],
    ["DELETE", "/messages/{message}", undefined, 200],
    ["POST", "/auth/refresh", undefined, 200],
    ["POST", "/auth/logout", undefined, 200],
  ];

  async function fill(template: string): Promise<string> {
    const [ada, blaise] = [world.people[0]!, world.people[1]!];
    const sent = await ada.call("POST", "/messages/", { receiver_id: blaise.id, content: "x" });
    const { id, conversation_id } = (await sent.json()) as { id: number; conversation_id: number };
    return template
      .replace("{blaise}", String(blaise.id))
      .replace("{message}", String(id))
      .replace("{conversation}", String(conversation_id));
  }

  test.for(operations.slice(0, -2))(
    "%s %s answers with and without the slash, and never redirects",
    async ([method, template, body, status]) => {
      for (const slash of ["", "/"]) {
        const path = (await fill(template)) + slash;
        const answer = await world.people[0]!.call(method, path, body);
        expect([answer.status, answer.redirected]).toEqual([status, false]);
        expect(answer.headers.get("content-type")).toContain("application/json");
        expect(answer.headers.get("cache-control")).toBe("no-store");
      }
    },
  );

  test.for(operations)(
    "%s %s without a token is 401 and says what to present",
    async ([method, template, body]) => {
      const answer = await fetch(world.server.url + (await fill(template)), {
        method,
        headers: { "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      expect(await answer.json()).toMatchObject({ code: "UNAUTHORIZED", status: 401 });
    },
  );

  test("POST /auth/logout and a bearer POST /auth/refresh need no body and no content type", async () => {
    const person = await createPerson(world.server.url);
    const renewed = await person.call("POST", "/auth/refresh/");
    const { access_token } = (await renewed.json()) as { access_token: string };
    const answer = await post("/auth/logout/", {}, access_token);
    expect([renewed.status, answer.status]).toEqual([200, 200]);
    expect(await answer.json()).toEqual({ message: "Signed out." });
  });

  test("lists are bare arrays, oldest first", async () => {
    for (const path of ["/users/", "/messages/", "/messages/online-users"]) {
      expect(await (await world.people[0]!.call("GET", path)).json()).toBeInstanceOf(Array);
    }
  });

  test("a path that says which message leaves nothing for the body to say", async () => {
    const path = await fill("/messages/{message}");
    const answer = await world.people[0]!.call("PUT", path, { message_id: 1, content: "x" });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errors: [{ loc: ["body", "message_id"] }] });
  });

  test.for([
    "/users/abc",
    "/users/1.5",
    "/users/0",
    "/users/%31",
    "/messages/conversation/true",
    "/users/active/status/-1",
  ])("%s is 422: the path holds no id", async (path) => {
    expect((await world.people[0]!.call("GET", path)).status).toBe(422);
  });
});

describe("errors", () => {
  test("are problem bodies with a sentence, a code and the id of the request", async () => {
    const missing = await world.people[0]!.call("GET", "/users/999999", undefined, {
      "x-request-id": "trace-1",
    });
    expect(missing.headers.get("content-type")).toContain("application/problem+json");
    expect(await missing.json()).toEqual({
      type: "about:blank",
      title: "Not found",
      status: 404,
      detail: "There is no such user.",
      instance: "/users/999999",
      code: "NOT_FOUND",
      request_id: "trace-1",
    });
  });

  test("of input carry each fault with its field, as FastAPI has them", async () => {
    const answer = await world.people[0]!.call("POST", "/messages/", { receiver_id: [], content: "" });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      code: "VALIDATION_FAILED",
      detail: expect.stringContaining("content must not be blank") as string,
      errors: [
        { loc: ["body", "receiver_id"], msg: any, type: any },
        { loc: ["body", "content"], msg: "must not be blank", type: "value_error" },
      ],
    });
  });

  const statuses: [string, number, string, () => Promise<Response>][] = [
    ["an unknown path", 404, "NOT_FOUND", () => fetch(`${world.server.url}/nowhere`)],
    [
      "a wrong password",
      401,
      "INVALID_CREDENTIALS",
      () => post("/auth/token", { body: multipart({ username: world.people[0]!.email, password: "wrong" }) }),
    ],
    [
      "a taken address",
      409,
      "EMAIL_TAKEN",
      () =>
        post("/auth/register", { body: multipart({ name: "x", email: world.people[0]!.email, password }) }),
    ],
    ["broken JSON", 400, "BAD_REQUEST", () => post("/messages/", json("{"), world.people[0]!.token)],
    ["an array", 422, "VALIDATION_FAILED", () => post("/messages/", json("[]"), world.people[0]!.token)],
    [
      "a broken form",
      400,
      "BAD_REQUEST",
      () =>
        post(
          "/messages/",
          { body: "--x", headers: { "content-type": "multipart/form-data; boundary=x" } },
          world.people[0]!.token,
        ),
    ],
    [
      "a form without a boundary",
      400,
      "BAD_REQUEST",
      () =>
        post(
          "/messages/",
          { body: "x", headers: { "content-type": "multipart/form-data" } },
          world.people[0]!.token,
        ),
    ],
    [
      "a plain text",
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      () => post("/messages/", { body: "x" }, world.people[0]!.token),
    ],
    [
      "XML",
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      () =>
        post(
          "/messages/",
          { body: "<x/>", headers: { "content-type": "application/xml" } },
          world.people[0]!.token,
        ),
    ],
    [
      "a file",
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      () => post("/messages/", { body: withFile() }, world.people[0]!.token),
    ],
    [
      "65 KiB of JSON",
      413,
      "PAYLOAD_TOO_LARGE",
      () => post("/messages/", json(JSON.stringify({ content: "x".repeat(66_560) })), world.people[0]!.token),
    ],
    [
      "65 KiB of form",
      413,
      "PAYLOAD_TOO_LARGE",
      () =>
        post(
          "/messages/",
          { body: new URLSearchParams({ content: "x".repeat(66_560) }) },
          world.people[0]!.token,
        ),
    ],
    [
      "65 KiB of multipart",
      413,
      "PAYLOAD_TOO_LARGE",
      () => post("/messages/", { body: multipart({ content: "x".repeat(66_560) }) }, world.people[0]!.token),
    ],
  ];
  test.for(statuses)("%s is %i %s", async ([, status, code, call]) => {
    const answer = await call();
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({
      status,
      code,
      detail: expect.stringMatching(/\w+ \w+/) as string,
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
  });

  function json(body: string): RequestInit {
    return { body, headers: { "content-type": "application/json" } };
  }

  function withFile(): FormData {
    const form = multipart({ receiver_id: "", content: "with a file" });
    form.append("file", new Blob(["x"]), "x.txt");
    return form;
  }
});

describe("methods", () => {
  test.for([
    ["PATCH", "/messages/", "POST, GET, HEAD, OPTIONS"],
    ["POST", "/users/1", "GET, HEAD, OPTIONS"],
    ["GET", "/auth/logout", "POST, OPTIONS"],
    ["POST", "/messages/1", "GET, HEAD, PUT, DELETE, OPTIONS"],
  ])("%s %s is 405 and tells what is allowed", async ([method, path, allowed]) => {
    const answer = await world.people[0]!.call(method!, path!);
    expect(answer.status).toBe(405);
    expect(new Set(answer.headers.get("allow")?.split(", "))).toEqual(new Set(allowed!.split(", ")));
    expect(await answer.json()).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
  });

  test("OPTIONS tells what a path allows, and of an unknown path that there is none", async () => {
    const answer = await fetch(`${world.server.url}/messages/`, { method: "OPTIONS" });
    expect(answer.status).toBe(204);
    expect(new Set(answer.headers.get("allow")?.split(", "))).toEqual(
      new Set(["GET", "HEAD", "POST", "OPTIONS"]),
    );
    expect((await fetch(`${world.server.url}/nowhere`, { method: "OPTIONS" })).status).toBe(404);
  });

  test("HEAD answers as GET does, without the body", async () => {
    const { call } = world.people[0]!;
    for (const path of ["/users/me", "/messages/?limit=1", "/users/999999"]) {
      const [head, get] = [await call("HEAD", path), await call("GET", path)];
      expect(head.status).toBe(get.status);
      expect(await head.text()).toBe("");
      for (const name of ["content-type", "link", "cache-control"])
        expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    expect((await fetch(`${world.server.url}/nowhere`, { method: "HEAD" })).status).toBe(404);
  });
});

describe("lists that grow", () => {
  test("without parameters the newest 1,000, oldest first, and a link to those before", async () => {
    await using server = await startTestServer();
    const person = await createPerson(server.url);
    const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
    for (let n = 1; n <= 1005; n += 1)
      chat.send({ type: "send_message", receiver_id: null, content: `${n}` });
    await chat.next(({ content }) => content === "1005", 15_000);

    const answer = await person.call("GET", "/messages/");
    const messages = (await answer.json()) as { id: number; content: string }[];
    expect(messages.map(({ content }) => content)).toEqual(
      Array.from({ length: 1000 }, (_, index) => `${index + 6}`),
    );
    const link = /^<(.+)>; rel="prev"$/.exec(answer.headers.get("link") ?? "");
    expect(link?.[1]).toBe(`/messages/?before=${messages[0]!.id}`);

    const older = await person.call("GET", link![1]!);
    expect(((await older.json()) as { content: string }[]).map(({ content }) => content)).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
    ]);
    expect(older.headers.get("link")).toBeNull();
    chat.close();
  });

  test("links lead back and forward through everything, once each, keeping the other parameters", async () => {
    const [ada, chloe] = [world.people[0]!, world.people[2]!];
    const sent: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const answer = await ada.call("POST", "/messages/", { receiver_id: chloe.id, content: `${n}` });
      sent.push(((await answer.json()) as { id: number }).id);
    }
    const path = `/messages/conversation/${chloe.id}`;
    const walk = async (start: string, rel: "prev" | "next") => {
      const pages: number[][] = [];
      for (let next: string | undefined = start; next !== undefined;) {
        const answer = await ada.call("GET", next);
        pages.push(((await answer.json()) as { id: number }[]).map(({ id }) => id));
        next = new RegExp(`<(.+)>; rel="${rel}"`).exec(answer.headers.get("link") ?? "")?.[1];
        if (next !== undefined) expect(next).toContain("limit=2");
      }
      return pages;
    };
    expect((await walk(`${path}?limit=2`, "prev")).reverse().flat()).toEqual(sent);
    expect((await walk(`${path}?limit=2&after=${sent[0]! - 1}`, "next")).flat()).toEqual(sent);
  });

  test.for([
    "limit=0",
    "limit=101",
    "limit=1000000000",
    "limit=-1",
    "limit=x",
    "before=1&after=2",
    "before=x",
    "limit=1&limit=2",
    "nonsense=1",
  ])("?%s is 422", async (query) => {
    expect((await world.people[0]!.call("GET", `/messages/?${query}`)).status).toBe(422);
  });

  test("people are found with ?query=", async () => {
    const found = await world.people[0]!.call("GET", `/users/?query=${encodeURIComponent("CHLOÉ")}`);
    expect(await found.json()).toMatchObject([{ id: world.people[2]!.id, name: "Chloé" }]);
  });
});

describe("headers", () => {
  test("every answer is guarded: no sniffing, no framing, no scripts, nothing kept", async () => {
    const { headers } = await world.people[0]!.call("GET", "/users/me");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-powered-by")).toBeNull();
  });

  test("a request keeps the id it came with if that is decent, and gets one if not", async () => {
    const idFor = async (given: string) =>
      (await fetch(`${world.server.url}/healthz`, { headers: { "x-request-id": given } })).headers.get(
        "x-request-id",
      );
    expect(await idFor("trace-42")).toBe("trace-42");
    for (const bad of ["two words", "x".repeat(101), "<b>"]) {
      expect(await idFor(bad)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test("pages of localhost may call with credentials and read what the clients need", async () => {
    const origin = "http://localhost:5173";
    const { headers } = await world.people[0]!.call("GET", "/users/me", undefined, { origin });
    expect(headers.get("access-control-allow-origin")).toBe(origin);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    const exposed = headers.get("access-control-expose-headers")?.split(",");
    expect(exposed?.toSorted()).toEqual([
      "Link",
      "RateLimit",
      "RateLimit-Policy",
      "Retry-After",
      "WWW-Authenticate",
      "X-Request-Id",
    ]);
    expect(headers.get("vary")).toContain("Origin");
  });

  test("a preflight is answered for every path and method, with and without a token", async () => {
    const preflight = await fetch(`${world.server.url}/messages/1`, {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:5173",
        "access-control-request-method": "DELETE",
        "access-control-request-headers": "authorization,content-type,idempotency-key",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("DELETE");
    expect(preflight.headers.get("access-control-allow-headers")).toBe(
      "authorization,content-type,idempotency-key",
    );
  });

  test.for(["https://evil.example", "http://localhost.evil.example", "http://evil.example:8000", "null"])(
    "pages of %s may not read anything",
    async (origin) => {
      const { headers } = await world.people[0]!.call("GET", "/users/me", undefined, { origin });
      expect(headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  test("pages of the server's own origin may call, however it is reached", async () => {
    const answer = httpRequest(`${world.server.url}/healthz`, {
      headers: { host: "chat.example.com", origin: "https://chat.example.com" },
    }).end();
    const [response] = (await once(answer, "response")) as [IncomingMessage];
    expect(response.headers["access-control-allow-origin"]).toBe("https://chat.example.com");
    response.resume();
  });
});

describe("without a token", () => {
  test.for(["/healthz", "/readyz", "/openapi.json", "/docs", "/redoc"])("%s answers", async (path) => {
    expect((await fetch(`${world.server.url}${path}`)).status).toBe(200);
  });
});

describe("throttling", () => {
  test.for([
    ["POST", "/auth/register", 20],
    ["POST", "/auth/token", 20],
    ["POST", "/users/broadcast", 5],
  ] as const)("%s %s takes %i calls and then says when to come back", async ([, path, allowed]) => {
    await using server = await startTestServer({ RATE_LIMIT: "on" });
    const person = await createPerson(server.url);
    // Calls that are refused for their input count as well, or guessing would be free.
    const statuses = new Set<number>();
    for (let n = 0; n < allowed; n += 1) statuses.add((await person.call("POST", path, {})).status);
    const refused = await person.call("POST", path, {});
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      code: "RATE_LIMITED",
      retry_after_ms: expect.any(Number) as number,
    });
    expect(statuses).toContain(422);
  });
});

describe("a query value that is empty", () => {
  test.each(["/users/?x", "/users/?limit=", "/messages/?before=", "/users/1?x="])(
    "is refused: %s",
    async (path) => {
      const answer = await world.people[0]!.call("GET", path);
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({
        detail: expect.stringMatching(/^\w+ must not be empty\.$/) as string,
      });
    },
  );
});

describe("a path without parameters", () => {
  test("is not taken for one with them", async () => {
    const answer = await world.people[0]!.call("GET", "/users/broadcast");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST, OPTIONS");
  });
});

describe("a query on a call with a body", () => {
  test("is refused, and nothing is done", async () => {
    const answer = await world.people[0]!.call("POST", "/messages/?content=x", {
      receiver_id: null,
      content: "y",
    });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      errors: [{ loc: ["query", "content"], type: "extra_forbidden" }],
    });
  });
});

describe("a field where an operation takes none", () => {
  test.each([
    ["GET", "/users/me?x=1", undefined],
    ["GET", "/users/active/list?x=1", undefined],
    ["POST", "/auth/logout", { x: 1 }],
    ["DELETE", "/messages/1?x=1", undefined],
  ])("is refused: %s %s", async (method, path, body) => {
    const answer = await world.people[0]!.call(method, path, body);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ detail: "x is not a known field." });
    expect((await world.people[0]!.call("GET", "/auth/me")).status).toBe(200);
  });
});

describe("pages and probes", () => {
  test.each(["/healthz", "/readyz", "/docs", "/redoc", "/openapi.json"])(
    "are only read: %s",
    async (path) => {
      const posted = await fetch(`${world.server.url}${path}`, { method: "POST" });
      expect(posted.status).toBe(405);
      expect(posted.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
      const options = await fetch(`${world.server.url}${path}`, { method: "OPTIONS" });
      expect(options.status).toBe(204);
      expect((await fetch(`${world.server.url}${path}`, { method: "HEAD" })).status).toBe(200);
    },
  );
});
