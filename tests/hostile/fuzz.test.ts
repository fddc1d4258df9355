import { errors } from "@causerie/shared";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appRouter } from "../../packages/server/src/rpc/app-router.ts";
import { restRoutes, type RestRoute } from "../../packages/server/src/transports/rest/rest-routes.ts";
import { openFrames, type FrameSocket } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startServerProcess, type ServerProcess } from "../support/server-process.ts";
import { expectNoLeak } from "./expect-no-leak.ts";
import { expectUnharmed } from "./expect-unharmed.ts";

let server: ServerProcess;
let person: Person;

/** FUZZ_SEED runs the same inputs again; FUZZ_MS is how long each surface is tried. */
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
const timeLimit = Number(process.env["FUZZ_MS"] ?? 4_000);

beforeAll(async () => {
  console.log(`FUZZ_SEED=${seed}`);
  server = await startServerProcess();
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs until the time is up; a failure names the seed and the smallest input that causes it. */
async function tryHard<Input>(
  inputs: fc.Arbitrary<Input>,
  survives: (input: Input) => Promise<void>,
): Promise<void> {
  let count = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    count += 1;
    await survives(input);
  });
  await fc.assert(property, { seed, numRuns: 1_000_000, interruptAfterTimeLimit: timeLimit });
  expect(server.isAlive()).toBe(true);
  // Slow machines get through fewer, but not next to none.
  expect(count).toBeGreaterThan(100);
}

const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
).map(([path, { _def }]) => ({ path, type: _def.type }));
const routes = restRoutes(appRouter);

/** These would sign the fuzzing person out, so they are called by nobody. */
const endsSession = new Set(["auth.logout", "auth.refresh"]);

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    "",
    " ",
    "\0",
    "%",
    "%zz",
    "'",
    "\\",
    "null",
    "1",
    "-1",
    "1e3",
    "0x10",
    "__proto__",
    "constructor",
    "a@b.c",
    "Jean",
    "x".repeat(5_000),
  ),
);
const anyNumber = fc.oneof(
  fc.integer({ min: -2, max: 30 }),
  fc.double(),
  fc.constantFrom(0, -0, 1e15, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e308, 0.5),
);
const anyValue = fc.oneof(
  { weight: 4, arbitrary: anyText },
  { weight: 4, arbitrary: anyNumber },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false) },
  { weight: 2, arbitrary: fc.jsonValue() },
);
/** Objects of the fields that the operations know, so that some get past the first check. */
const likelyInput = fc.record(
  Object.fromEntries(
    [
      "receiver_id",
      "content",
      "reply_to",
      "client_message_id",
      "message_id",
      "user_id",
      "conversation_id",
      "name",
      "email",
      "username",
      "password",
      "current_password",
      "new_password",
      "refresh_token",
      "attempt_id",
      "session_id",
      "token",
      "message",
      "query",
      "before",
      "after",
      "limit",
      "lastEventId",
    ].map((name) => [name, anyValue]),
  ),
  { requiredKeys: [] },
);
/** Few fields at a time: with all of them every input would be refused for the ones too many. */
const fewFields = fc.tuple(likelyInput, fc.nat()).map(([input, at]) => {
  const names = Object.keys(input);
  const kept = names.slice(at % (names.length + 1)).slice(0, 3);
  return Object.fromEntries(kept.map((name) => [name, input[name]]));
});
const goodMessage = fc.record({
  receiver_id: fc.constantFrom(1, null, "1"),
  content: anyText,
});
const anyInput = fc.oneof(
  { weight: 4, arbitrary: fewFields },
  { weight: 2, arbitrary: goodMessage },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.dictionary(anyText, anyValue, { maxKeys: 5 }) },
);

function expectError(text: string, code: unknown, status: number): void {
  expect(errors, text).toHaveProperty([String(code)]);
  expect(errors[code as keyof typeof errors].status, text).toBe(status);
  expectNoLeak(text);
}

const urlText = (text: string) => encodeURIComponent(text.toWellFormed());

function restUrl(
  { path }: RestRoute,
  texts: readonly string[],
  query: Readonly<Record<string, string>>,
): string {
  let next = 0;
  const filled = path.replaceAll(/\{.+?\}/g, () => urlText(texts[next++ % texts.length] ?? ""));
  const search = Object.entries(query).map(([name, value]) => `${urlText(name)}=${urlText(value)}`);
  return `${server.url}${filled}${search.length > 0 ? `?${search.join("&")}` : ""}`;
}

/** A body of one of the three kinds. */
function bodyOf(kind: "json" | "form" | "multipart", input: unknown): BodyInit {
  if (kind === "json") return new Blob([JSON.stringify(input)], { type: "application/json" });
  const pairs = Object.entries(Object(input) as object).map(([name, value]): [string, string] => [
    name.toWellFormed(),
    String(typeof value === "object" ? JSON.stringify(value) : value).toWellFormed(),
  ]);
  if (kind === "form") return new URLSearchParams(pairs);
  const form = new FormData();
  for (const [name, value] of pairs) form.append(name, value);
  return form;
}

test(
  "every REST operation answers any input with success or an error of the table",
  { timeout: 30_000 },
  async () => {
    const inputs = fc.record({
      route: fc.constantFrom(...routes),
      texts: fc.array(fc.oneof(anyText, fc.integer({ min: 0, max: 9 }).map(String)), {
        minLength: 1,
        maxLength: 2,
      }),
      query: fc.oneof(
        fc.constant({}),
        fc.dictionary(fc.constantFrom("limit", "before", "after", "query", "x"), anyText, { maxKeys: 3 }),
      ),
      kind: fc.constantFrom("json", "form", "multipart" as const),
      input: anyInput,
      key: fc.option(fc.string({ unit: "grapheme-ascii", maxLength: 80 })),
    });
    await tryHard(inputs, async ({ route, texts, query, kind, input, key }) => {
      const hasBody = route.method === "POST" || route.method === "PUT";
      const answer = await fetch(restUrl(route, texts, query), {
        method: route.method,
        headers: {
          ...(endsSession.has(route.procedure) ? {} : { authorization: `Bearer ${person.token}` }),
          ...(key === null ? {} : { "idempotency-key": key }),
        },
        ...(hasBody ? { body: bodyOf(kind, input) } : {}),
      });
      const text = await answer.text();
      if (answer.ok) return;
      expect(answer.headers.get("content-type"), text).toContain("application/problem+json");
      expectError(text, (JSON.parse(text) as { code: unknown }).code, answer.status);
    });
    await expectUnharmed(server, person);
  },
);

test(
  "every procedure over HTTP answers any input with success or an error of the table",
  { timeout: 30_000 },
  async () => {
    const inputs = fc.record({
      procedure: fc.constantFrom(...procedures.filter(({ type }) => type !== "subscription")),
      swapped: fc.nat(9),
      input: anyInput,
    });
    await tryHard(inputs, async ({ procedure: { path, type }, swapped, input }) => {
      const authorization = endsSession.has(path) ? {} : { authorization: `Bearer ${person.token}` };
      const json = JSON.stringify(input);
      // One call in ten uses the other method.
      const answer =
        (type === "query") !== (swapped === 0)
          ? await fetch(`${server.url}/trpc/${path}?input=${urlText(json).slice(0, 12_000)}`, {
              headers: authorization,
            })
          : await fetch(`${server.url}/trpc/${path}`, {
              method: "POST",
              headers: { ...authorization, "content-type": "application/json" },
              body: json,
            });
      const text = await answer.text();
      if (answer.ok) return;
      const { error } = JSON.parse(text) as { error: { data: { code: unknown } } };
      expectError(text, error.data.code, answer.status);
    });
    await expectUnharmed(server, person);
  },
);

test(
  "every procedure over a socket answers any input with success or an error of the table",
  { timeout: 30_000 },
  async () => {
    let socket: FrameSocket | undefined;
    let id = 0;
    const open = async () => {
      const opened = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
      opened.send({ method: "connectionParams", data: { token: person.token } });
      return opened;
    };
    const inputs = fc.record({
      procedure: fc.constantFrom(...procedures.filter(({ path }) => !endsSession.has(path))),
      method: fc.option(fc.constantFrom("query", "mutation", "subscription"), { freq: 9 }),
      input: anyInput,
      lastEventId: fc.option(anyText, { nil: undefined, freq: 4 }),
    });
    await tryHard(inputs, async ({ procedure: { path, type }, method, input, lastEventId }) => {
      id += 1;
      // A socket keeps what it received, so each serves for some calls only.
      if (id % 500 === 1) {
        socket?.close();
        socket = await open();
      }
      const call = { id, method: method ?? type, params: { path, input, lastEventId } };
      socket?.send(call);
      const answer = await socket?.next((frame) => frame["id"] === id || frame["id"] === null);
      if (call.method === "subscription") socket?.send({ id, method: "subscription.stop" });
      const text = JSON.stringify(answer);
      if (answer && "result" in answer) return;
      const { data } = answer?.["error"] as { data: { code: unknown; httpStatus: number } };
      expectError(text, data.code, data.httpStatus);
    });
    socket?.close();
    await expectUnharmed(server, person);
  },
);

test("the seed's chat socket answers any text with a message or an error", { timeout: 30_000 }, async () => {
  const open = () => openFrames(`${server.wsUrl}/messages/ws?token=${person.token}`);
  let socket = await open();
  let count = 0;
  const frames = fc.oneof(
    anyInput.map((input) => JSON.stringify({ type: "send_message", ...(Object(input) as object) })),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    anyText,
  );
  await tryHard(frames, async (text) => {
    count += 1;
    if (count % 500 === 0) {
      socket.close();
      socket = await open();
    }
    socket.socket.send(text);
    const answer = await socket.next();
    expect(["error", "new_message", "pong"]).toContain(answer.type);
    if (answer.type === "error") expectNoLeak(JSON.stringify(answer));
  });
  expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  socket.close();
  await expectUnharmed(server, person);
});
