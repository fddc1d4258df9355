import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { errors, limits } from "@causerie/shared";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson, type Person } from "../support/people.ts";
import { startServerProcess, type ServerProcess } from "../support/server-process.ts";
import { expectNoLeak } from "./expect-no-leak.ts";
import { expectUnharmed } from "./expect-unharmed.ts";
import { heldBytes, inspect, inspectable } from "./inspection.ts";
import { openRaw } from "./raw-socket.ts";

let server: ServerProcess;
let person: Person;

beforeAll(async () => {
  server = await startServerProcess({}, { nodeArgs: inspectable });
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const mebibyte = 1024 * 1024;
const jsonType = "application/json";
const formType = "application/x-www-form-urlencoded";
const multipartType = "multipart/form-data; boundary=x";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function post(
  path: string,
  type: string | undefined,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${person.token}`,
      ...(type === undefined ? {} : { "content-type": type }),
      ...headers,
    },
    body: new Uint8Array(Buffer.from(body)),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The answer is an error of the table, in the form of its surface, and says nothing of the inside. */
function expectError({ status, text }: Pick<Answer, "status" | "text">, expected: number): void {
  expect(status, text).toBe(expected);
  const body = JSON.parse(text) as { code?: unknown; error?: { data: { code: string } } };
  const code = body.error?.data.code ?? body.code;
  expect(errors[code as keyof typeof errors].status).toBe(expected);
  expectNoLeak(text);
}

/** One part of a multipart form. */
function part(name: string, value: string, more = ""): string {
  return `--x\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
}

const end = "--x--\r\n";
const message = (extra = "") => `{"receiver_id":1,"content":"x"${extra}}`;
const multipart = (extra: string) => part("receiver_id", "1") + part("content", "x") + extra + end;
const tooLong = "x".repeat(limits.bodyBytes);

/** Bodies of `POST /messages/` and of `messages.send`, and the status each deserves. */
const bodies: [string, string, string | undefined, string | Buffer, number][] = [
  ["too much JSON", "/messages/", jsonType, JSON.stringify({ content: tooLong }), 413],
  ["too long a form", "/messages/", formType, `content=${tooLong}`, 413],
  ["too long a multipart form", "/messages/", multipartType, part("content", tooLong) + end, 413],
  ["too much JSON over tRPC", "/trpc/messages.send", jsonType, JSON.stringify({ content: tooLong }), 413],
  ["half of JSON", "/messages/", jsonType, '{"receiver_id":', 400],
  ["no JSON", "/messages/", jsonType, "receiver_id=1", 400],
  ["JSON null", "/messages/", jsonType, "null", 400],
  ["a JSON number", "/messages/", jsonType, "1", 400],
  ["a JSON array", "/messages/", jsonType, "[]", 422],
  ["32,000 arrays in each other", "/messages/", jsonType, "[".repeat(32_000) + "]".repeat(32_000), 400],
  [
    "content 32,000 deep",
    "/messages/",
    jsonType,
    `{"content":${"[".repeat(32_000)}${"]".repeat(32_000)}}`,
    400,
  ],
  ["objects 10,000 deep", "/messages/", jsonType, `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, 400],
  [
    "5,000 fields",
    "/messages/",
    jsonType,
    JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [n, 1]))),
    422,
  ],
  ["no content type", "/messages/", undefined, message(), 415],
  ["text", "/messages/", "text/plain", message(), 415],
  ["XML", "/messages/", "application/xml", "<a/>", 415],
  ["a content type that is none", "/messages/", "json", message(), 415],
  ["a charset nobody knows", "/messages/", `${jsonType}; charset=klingon`, message(), 415],
  ["a form in a charset nobody knows", "/messages/", `${formType}; charset=klingon`, "content=x", 415],
  ["a content encoding nobody knows", "/messages/", jsonType, message(), 415],
  ["a form with too many fields", "/messages/", formType, "a=1&".repeat(2_000), 400],
  ["a form that names a field 20,000 times", "/messages/", formType, "a&".repeat(20_000), 400],
  ["a form with a field twice", "/messages/", formType, "receiver_id=1&content=x&content=y", 422],
  ["a form with a field of a field", "/messages/", formType, "receiver_id=1&content[x]=y", 422],
  ["a form with undecodable text", "/messages/", formType, "receiver_id=%zz&content=%ff", 422],
  ["a multipart form without a boundary", "/messages/", "multipart/form-data", multipart(""), 400],
  [
    "a multipart form with another boundary",
    "/messages/",
    "multipart/form-data; boundary=y",
    multipart(""),
    400,
  ],
  ["a multipart form that breaks off", "/messages/", multipartType, multipart("").slice(0, -20), 400],
  ["a part header that breaks off", "/messages/", multipartType, "--x\r\nContent-Disposi", 400],
  ["a part header of NULs", "/messages/", multipartType, "--x\r\n\0\0\0\r\n\r\nx\r\n--x--\r\n", 400],
  [
    "a part without a name",
    "/messages/",
    multipartType,
    "--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n",
    400,
  ],
  [
    "a part in a charset nobody knows",
    "/messages/",
    multipartType,
    '--x\r\nContent-Disposition: form-data; name="receiver_id"\r\nContent-Type: text/plain; charset=klingon\r\n\r\n1\r\n--x--\r\n',
    400,
  ],
  ["a multipart form of 60 fields", "/messages/", multipartType, multipart(part("a", "1").repeat(60)), 400],
  ["a multipart form with a field twice", "/messages/", multipartType, multipart(part("content", "y")), 422],
  ["a file", "/messages/", multipartType, multipart(part("photo", "x", '; filename="a.png"')), 415],
  [
    "a file that breaks off",
    "/messages/",
    multipartType,
    part("content", "x", '; filename="a"').slice(0, -2),
    415,
  ],
  [
    "a file that breaks off at once",
    "/messages/",
    multipartType,
    '--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n',
    415,
  ],
  ["three files", "/messages/", multipartType, part("a", "x", '; filename="a"').repeat(3) + end, 415],
  [
    "a file, then a broken part",
    "/messages/",
    multipartType,
    `${part("a", "x", '; filename="a"')}--x\r\n\0\r\n\r\nx`,
    415,
  ],
  ["a field named __proto__", "/messages/", jsonType, message(',"__proto__":{"polluted":1}'), 422],
  [
    "a field named constructor",
    "/messages/",
    jsonType,
    message(',"constructor":{"prototype":{"polluted":1}}'),
    422,
  ],
  ["a form field named __proto__", "/messages/", formType, "receiver_id=1&content=x&__proto__=1", 422],
  [
    "a form field named __proto__[polluted]",
    "/messages/",
    formType,
    "receiver_id=1&content=x&__proto__[polluted]=1",
    422,
  ],
  ["a form field named constructor", "/messages/", formType, "receiver_id=1&content=x&constructor=1", 422],
  ["a part named __proto__", "/messages/", multipartType, multipart(part("__proto__", "1")), 422],
  ["a part named constructor", "/messages/", multipartType, multipart(part("constructor", "1")), 422],
  [
    "a field named __proto__ over tRPC",
    "/trpc/messages.send",
    jsonType,
    message(',"__proto__":{"polluted":1}'),
    422,
  ],
  ["half of JSON over tRPC", "/trpc/messages.send", jsonType, "{", 400],
  ["32,000 arrays over tRPC", "/trpc/messages.send", jsonType, "[".repeat(32_000) + "]".repeat(32_000), 422],
  ["text over tRPC", "/trpc/messages.send", "text/plain", message(), 415],
  ["a broken form over tRPC", "/trpc/messages.send", multipartType, "--x\r\nbroken", 400],
  ["a form without a boundary over tRPC", "/trpc/messages.send", "multipart/form-data", "--x\r\nbroken", 400],
  ["bytes over tRPC", "/trpc/messages.send", "application/octet-stream", "\0\x01", 422],
];

test.for(bodies)("%s on %s is answered with an error", async ([name, path, type, body, status]) => {
  const headers: Record<string, string> = name.includes("content encoding")
    ? { "content-encoding": "zzz" }
    : {};
  // A body that is not read to its end may cut the connection: the answer came before.
  expectError(await post(path, type, body, headers), status);
  await expectUnharmed(server, person);
});

test.for([
  "__proto__=1",
  "__proto__=1&__proto__=2",
  "constructor=1",
  "toString=1",
  "limit=1&limit=2",
  "limit[]=1",
  "limt=1",
])("the query ?%s is refused", async (query) => {
  for (const path of ["/users/", "/messages/", "/conversations"]) {
    const response = await person.call("GET", `${path}?${query}`);
    expectError({ status: response.status, text: await response.text() }, 422);
  }
  await expectUnharmed(server, person);
});

describe("what is unpacked counts, not what is sent", () => {
  const bomb = gzipSync(Buffer.alloc(50 * mebibyte, " "));
  test.for([
    ["/messages/", jsonType, 413],
    ["/messages/", formType, 413],
    ["/messages/", multipartType, 400],
    ["/trpc/messages.send", jsonType, 400],
  ] as const)("50 MiB in a few KiB of gzip to %s as %s", async ([path, type, status]) => {
    expect(bomb.length).toBeLessThan(limits.bodyBytes);
    const before = await heldBytes(server);
    expectError(await post(path, type, bomb, { "content-encoding": "gzip" }), status);
    expect((await heldBytes(server)) - before).toBeLessThan(5 * mebibyte);
    await expectUnharmed(server, person);
  });
});

describe("an upload of 50 MiB without a length is refused and never held", () => {
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  test.for([
    ["/messages/", jsonType, '{"content":"'],
    ["/messages/", formType, "content="],
    ["/messages/", multipartType, '--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n'],
    [
      "/messages/",
      `${multipartType} `,
      '--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n',
    ],
    ["/trpc/messages.send", jsonType, '{"content":"'],
  ] as const)("to %s as %s, beginning with %j", async ([path, type, beginning]) => {
    const before = await heldBytes(server);
    const head = [
      `POST ${path} HTTP/1.1`,
      "Host: x",
      authorized(),
      `Content-Type: ${type}`,
      "Transfer-Encoding: chunked",
    ];
    const raw = openRaw(
      server.port,
      `${head.join("\r\n")}\r\n\r\n${beginning.length.toString(16)}\r\n${beginning}\r\n`,
    );
    for (let sent = 0; sent < 50 * mebibyte && !raw.socket.destroyed; sent += 65_536) {
      await new Promise((resolve) => raw.socket.write(chunk, resolve));
    }
    // What is only passing through may take a moment to be let go of.
    await expect.poll(async () => (await heldBytes(server)) - before).toBeLessThan(5 * mebibyte);
    // An answer before the end of the upload would be lost on clients that send first and read later.
    raw.socket.write("0\r\n\r\n");
    expect(await raw.received(/^HTTP\/1\.1 4/)).toMatch(/^HTTP\/1\.1 (413|415) /);
    raw.socket.destroy();
    await expectUnharmed(server, person);
  });
});

test.for([limits.batchSize + 1, 400])("a tRPC batch of %i calls is refused whole", async (count) => {
  const content = `batch of ${count} ${Date.now()}`;
  const query = await person.call(
    "GET",
    `/trpc/${Array(count).fill("users.me").join(",")}?batch=1&input=%7B%7D`,
  );
  expectError({ status: query.status, text: await query.text() }, 400);
  const input = Object.fromEntries(
    Array.from({ length: count }, (_, n) => [n, { receiver_id: person.id, content }]),
  );
  const path = `/trpc/${Array(count).fill("messages.send").join(",")}?batch=1`;
  expectError(await post(path, jsonType, JSON.stringify(input)), 400);
  expect(await (await person.call("GET", "/messages/")).text()).not.toContain(content);
  await expectUnharmed(server, person);
});

const rest = (lines: readonly string[], body = "") => [...lines, "Connection: close", "", body].join("\r\n");
const authorized = () => `Authorization: Bearer ${person.token}`;
const get = (target: string) => rest([`GET ${target} HTTP/1.1`, "Host: x", authorized()]);

const targets: [string, number][] = [
  ["/docs/../../etc/passwd", 404],
  ["/docs/../../../../../../etc/passwd", 404],
  ["/docs/%2e%2e/%2e%2e/etc/passwd", 404],
  ["/docs/..%2f..%2fpackage.json", 404],
  ["/docs/..%5c..%5cpackage.json", 404],
  ["/docs/swagger-ui.css/../index.html", 404],
  ["/docs/swagger-ui.css%00.html", 404],
  ["/docs/package.json", 404],
  ["/docs/index.html", 404],
  ["/redoc/../package.json", 404],
  ["/redoc/%2e%2e/package.json", 404],
  ["/redoc/redoc.standalone.js.map", 404],
  ["/jwt-secret", 404],
  ["/data/causerie.db", 404],
  ["//", 404],
  ["//evil.example/users", 404],
  ["/\\evil.example", 404],
  ["/%zz", 404],
  ["/%00", 404],
  ["/%ff%fe", 404],
  ["/users/%zz", 422],
  ["/users/%00", 422],
  ["/users/1%2f2", 422],
  ["/users/../users/me", 404],
  ["/users/999999999999999", 404],
  ["/users/9999999999999999999999", 422],
  ["/users/?query=%00", 422],
  ["/users/?limit=1e3", 422],
  ["/messages/?before=-1", 422],
  ["/trpc", 404],
  ["/trpc/", 404],
  ["/trpc/%zz", 400],
  ["/trpc/users", 404],
  ["/trpc/users.me.call", 404],
  ["/trpc/__proto__", 404],
  ["/trpc/constructor", 404],
  ["/trpc/then", 404],
  ["/trpc/users.list?input=%7B", 400],
  ["/trpc/users.list?input=%zz", 400],
  ["/trpc/users.list?batch=1&input=[1]", 400],
  ["/trpc/events.stream?connectionParams=zzz", 400],
  ["http://127.0.0.1/users/me", 400],
  ["*", 400],
];

test.for(targets)("GET %s is answered with %i", async ([target, status]) => {
  using raw = openRaw(server.port, get(target));
  const answer = await raw.closed();
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expectNoLeak(answer.slice(answer.indexOf("\r\n\r\n")));
  await expectUnharmed(server, person);
});

test.for(["[", "a b", "127.0.0.1:99999", "", "a/../b", "user@host", "user:password@host", "a\r\nHost: b"])(
  "the Host %j over HTTP is answered with 400",
  async (host) => {
    for (const target of ["/users/me", "/trpc/users.me", "/nothing", "/docs"]) {
      using raw = openRaw(server.port, get(target).replace("Host: x", `Host: ${host}`));
      expect(await raw.closed()).toMatch(/^HTTP\/1\.1 400 /);
    }
    await expectUnharmed(server, person);
  },
);

test("HTTP/1.0 without a Host, as simple health checks speak it, is answered", async () => {
  using raw = openRaw(server.port, "GET /healthz HTTP/1.0\r\n\r\n");
  expect(await raw.closed()).toMatch(/^HTTP\/1\.1 200 /);
});

const send = '{"receiver_id":null,"content":"x"}';
const sendWith = (...headers: string[]) =>
  rest(
    [
      "POST /messages/ HTTP/1.1",
      "Host: x",
      authorized(),
      `Content-Type: ${jsonType}`,
      `Content-Length: ${send.length}`,
      ...headers,
    ],
    send,
  );

describe("headers that should become others", () => {
  test.for([
    ["a line feed in Idempotency-Key", "Idempotency-Key: a\nX-Injected: 1", /^HTTP\/1\.1 (201|400) /],
    ["a carriage return in Idempotency-Key", "Idempotency-Key: a\rX-Injected: 1", /^HTTP\/1\.1 400 /],
    ["a NUL in Idempotency-Key", "Idempotency-Key: a\0b", /^HTTP\/1\.1 400 /],
    ["an encoded line in Idempotency-Key", "Idempotency-Key: a%0d%0aX-Injected: 1", /^HTTP\/1\.1 201 /],
    ["a folded Idempotency-Key", "Idempotency-Key: a\r\n X-Injected: 1", /^HTTP\/1\.1 [24]\d\d /],
    ["a long Idempotency-Key", `Idempotency-Key: ${"k".repeat(5_000)}`, /^HTTP\/1\.1 422 /],
    ["two Idempotency-Keys", "Idempotency-Key: a\r\nIdempotency-Key: b", /^HTTP\/1\.1 [24]\d\d /],
    ["a carriage return in X-Request-Id", "X-Request-Id: a\rX-Injected: 1", /^HTTP\/1\.1 400 /],
    ["markup in X-Request-Id", "X-Request-Id: <script>", /^HTTP\/1\.1 201 /],
    ["a long X-Request-Id", `X-Request-Id: ${"k".repeat(5_000)}`, /^HTTP\/1\.1 201 /],
    ["an Origin with a line", "Origin: http://localhost\rX-Injected: 1", /^HTTP\/1\.1 400 /],
    ["an Origin of markup", 'Origin: "><script>', /^HTTP\/1\.1 201 /],
    ["an X-Forwarded-Host", "X-Forwarded-Host: evil.example", /^HTTP\/1\.1 201 /],
    ["another method on top", "X-HTTP-Method-Override: DELETE", /^HTTP\/1\.1 201 /],
  ] as const)("%s", async ([, header, expected]) => {
    using raw = openRaw(server.port, sendWith(header));
    const answer = await raw.closed();
    expect(answer).toMatch(expected);
    const head = answer.slice(0, answer.indexOf("\r\n\r\n"));
    expect(head).not.toMatch(/x-injected|script|evil|kkkk/i);
    await expectUnharmed(server, person);
  });
});

describe("requests that lie about themselves", () => {
  const json = `Content-Type: ${jsonType}`;
  test.for([
    [
      "a length and chunks",
      ["Content-Length: 5", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
      /^HTTP\/1\.1 400 /,
    ],
    ["two lengths", ["Content-Length: 2", "Content-Length: 3"], "{}", /^HTTP\/1\.1 400 /],
    ["a negative length", ["Content-Length: -1"], "{}", /^HTTP\/1\.1 400 /],
    ["a length that is text", ["Content-Length: two"], "{}", /^HTTP\/1\.1 400 /],
    ["an endless length", [`Content-Length: ${"9".repeat(30)}`], "{}", /^HTTP\/1\.1 400 /],
    ["an unknown transfer encoding", ["Transfer-Encoding: zzz"], "{}", /^HTTP\/1\.1 (400|501) /],
    [
      "a chunk of an impossible size",
      ["Transfer-Encoding: chunked"],
      "zz\r\n{}\r\n0\r\n\r\n",
      /^HTTP\/1\.1 400 |^$/,
    ],
    [
      "a chunk extension of 20 KB",
      ["Transfer-Encoding: chunked"],
      `2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 4\d\d /,
    ],
    ["a shorter length", ["Content-Length: 1"], "{}", /^HTTP\/1\.1 400 /],
    [
      "an expectation",
      ["Content-Length: 2", "Expect: 100-continue"],
      "{}",
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /,
    ],
    ["an expectation nobody meets", ["Content-Length: 2", "Expect: tea"], "{}", /^HTTP\/1\.1 417 /],
    [
      "16 KB of authorization",
      ["Content-Length: 2", `Authorization: Bearer ${"x".repeat(17_000)}`],
      "{}",
      /^HTTP\/1\.1 431 /,
    ],
    [
      "8 KB of authorization",
      ["Content-Length: 2", `Authorization: Bearer ${"x".repeat(8_000)}`],
      "{}",
      /^HTTP\/1\.1 401 /,
    ],
    [
      "an authorization of spaces",
      ["Content-Length: 2", `Authorization: Bearer${" ".repeat(8_000)}x`],
      "{}",
      /^HTTP\/1\.1 401 /,
    ],
  ] as const)("%s", async ([, headers, body, expected]) => {
    // Signed out on purpose: none of this may need an account to be refused.
    using raw = openRaw(server.port, rest(["POST /auth/logout HTTP/1.1", "Host: x", json, ...headers], body));
    expect(await raw.closed()).toMatch(expected);
    await expectUnharmed(server, person);
  });

  test("a body shorter than its length, then the end of the connection", async () => {
    for (const type of [jsonType, formType, multipartType]) {
      for (const path of ["/messages/", "/auth/token", "/trpc/messages.send"]) {
        const head = [`POST ${path} HTTP/1.1`, "Host: x", `Content-Type: ${type}`, "Content-Length: 500"];
        for (const leave of ["end", "resetAndDestroy"] as const) {
          const raw = openRaw(server.port, rest(head, "{"));
          await once(raw.socket, "connect");
          raw.socket[leave]();
          await raw.closed();
        }
      }
    }
    await expectUnharmed(server, person);
  });
});

test("500 clients that never finish their headers do not slow another one down", async () => {
  const time = async () => {
    const started = performance.now();
    await expectUnharmed(server, person);
    return performance.now() - started;
  };
  const slow = Array.from({ length: 500 }, () =>
    openRaw(server.port, "POST /auth/token HTTP/1.1\r\nHost: x\r\n"),
  );
  await Promise.all(slow.map(({ socket }) => once(socket, "connect")));
  const dribble = setInterval(() => {
    for (const { socket } of slow) socket.write("X-A: 1\r\n");
  }, 100);
  const times: number[] = [];
  for (let count = 0; count < 20; count += 1) times.push(await time());
  clearInterval(dribble);
  for (const { socket } of slow) socket.destroy();
  times.sort((a, b) => a - b);
  // Each figure is two requests.
  expect(times[10]).toBeLessThan(200);
});

test("nothing of all this has changed what every object inherits", async () => {
  expect((await inspect(server)).inherited).toEqual([]);
});
