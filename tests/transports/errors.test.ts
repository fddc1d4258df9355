import { describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcOverHttp, trpcOverSocket } from "../support/trpc.ts";
import { Refusal, transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada"]);

describe.each(transports)("refusals over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("name every field at fault, as FastAPI does", ["send", "list"], async () => {
    const caller = await as(world.people[0]!);
    const call = caller.call("send", { receiver_id: "x", content: "", extra: 1 });
    const { issues } = await expectRefusal(call, "VALIDATION_FAILED");
    expect(issues).toEqual(
      expect.arrayContaining([
        { loc: ["body", "receiver_id"], msg: expect.any(String) as string, type: "type_error" },
        { loc: ["body", "content"], msg: "must not be blank", type: "value_error" },
        { loc: ["body", "extra"], msg: "is not a known field", type: "extra_forbidden" },
      ]),
    );
    const missing = await expectRefusal(caller.call("send", { receiver_id: null }), "VALIDATION_FAILED");
    expect(missing.issues).toEqual([{ loc: ["body", "content"], msg: "is required", type: "missing" }]);
  });

  it("say in a sentence what was wrong", ["send"], async () => {
    const caller = await as(world.people[0]!);
    const { message } = await expectRefusal(
      caller.call("send", { receiver_id: null, content: " " }),
      "VALIDATION_FAILED",
    );
    expect(message).toBe("content must not be blank.");
  });

  it("leave the caller able to go on", ["send"], async () => {
    const caller = await as(world.people[0]!);
    await expectRefusal(caller.call("send", { receiver_id: null, content: "" }), "VALIDATION_FAILED");
    expect(await caller.call("send", { receiver_id: null, content: "and on" })).toMatchObject({
      content: "and on",
    });
  });
});

describe("a fault of the server itself", () => {
  test.for(transports.filter(({ hasErrorCodes }) => hasErrorCodes))(
    "is told over $name without a word about its inside",
    async (transport) => {
      await using server = await startTestServer();
      const person = await createPerson(server.url);
      const caller = await transport.open(server, person);
      await breakStorage(server);
      const refusal = await caller
        .call("send", { receiver_id: null, content: "lost" })
        .catch((error: unknown) => error);
      await caller.close();
      expect(refusal).toBeInstanceOf(Refusal);
      expect(refusal).toMatchObject({
        code: "INTERNAL_SERVER_ERROR",
        status: 500,
        message: "Something went wrong on the server.",
      });
      expect(JSON.stringify(server.logs)).toMatch(/no such table|does not exist/);
    },
  );

  test("closes the seed's sockets with 4000", async () => {
    await using server = await startTestServer();
    const { token } = await createPerson(server.url);
    const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${token}`);
    await breakStorage(server);
    chat.send({ type: "send_message", receiver_id: null, content: "lost" });
    expect(await chat.closed()).toBe(4000);
    expect(chat.frames).toEqual([]);
  });

  /** What a disk fault or a hand-made change does: a query fails that should not. */
  async function breakStorage({ storage }: TestServer): Promise<void> {
    await storage.query("alter table messages rename to moved");
  }
});

describe("calls that tRPC itself refuses", () => {
  test("an unknown procedure is not found, over HTTP and over a socket", async () => {
    const [ada] = world.people;
    const notFound = { data: { code: "NOT_FOUND", httpStatus: 404 } };
    await expect(trpcOverHttp(world.server, ada!.token).query("messages.nothing")).rejects.toMatchObject(
      notFound,
    );
    await using socket = trpcOverSocket(world.server, ada!.token);
    await expect(socket.untyped.query("messages.nothing")).rejects.toMatchObject(notFound);
  });

  test("a procedure that changes something cannot be called as a query", async () => {
    const { token } = world.people[0]!;
    const call = trpcOverHttp(world.server, token).query("messages.send", {
      receiver_id: null,
      content: "x",
    });
    await expect(call).rejects.toMatchObject({ data: { code: "METHOD_NOT_ALLOWED", httpStatus: 405 } });
  });

  test("a batch takes ten calls and not eleven", async () => {
    const { token } = world.people[0]!;
    const batch = (size: number) => {
      const paths = Array.from({ length: size }, () => "auth.me").join(",");
      return fetch(`${world.server.url}/trpc/${paths}?batch=1`, {
        headers: { authorization: `Bearer ${token}` },
      });
    };
    expect((await batch(10)).status).toBe(200);
    const refused = await batch(11);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("BAD_REQUEST");
  });

  test.for(["register", "login", "token", "refresh"])("auth.%s is refused over a socket", async (name) => {
    await using socket = trpcOverSocket(world.server, world.people[0]!.token);
    const inputs: Record<string, object> = {
      register: { name: "x", email: "x@example.com", password: "12345678" },
      login: { email: "x@example.com", password: "12345678" },
      token: { username: "x@example.com", password: "12345678" },
      refresh: {},
    };
    const call = socket.untyped.mutation(`auth.${name}`, inputs[name]);
    await expect(call).rejects.toMatchObject({
      message: "Call this over HTTP, not over a socket.",
      data: { code: "BAD_REQUEST" },
    });
  });
});

test("tRPC's own number of an error follows our table", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const numberOf = async (path: string, token: string) => {
    const answer = await fetch(`${server.url}/trpc/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await answer.json()) as { error: { code: number } }).error.code;
  };
  expect(await numberOf("auth.me", "none")).toBe(-32001);
  expect(await numberOf(`users.get?input=${encodeURIComponent('{"user_id":99}')}`, person.token)).toBe(
    -32004,
  );
});
