import type { EventsPage, Problem } from "@causerie/shared";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendToLog, lockLogHead } from "../../packages/server/src/log/append.ts";
import { everyone, onlyUser } from "../../packages/server/src/log/audience.ts";
import type { NewEvent } from "../../packages/server/src/log/write-transaction.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcCalls } from "../support/trpc.ts";
import { feeds, type FeedItem } from "./fixtures/feeds.ts";
import { polledFeed } from "./fixtures/polled-feed.ts";

let server: TestServer;
let ada: Person, blaise: Person;

beforeAll(async () => {
  server = await startTestServer();
  [ada, blaise] = await Promise.all([createPerson(server.url, "Ada"), createPerson(server.url, "Blaise")]);
});

afterAll(() => server[Symbol.asyncDispose]());

const soon = { interval: 10, timeout: 30_000 };

async function ask(query: string, person = blaise) {
  const answer = await person.call("GET", `/events${query}`);
  return { answer, page: (await answer.json()) as EventsPage };
}

const after = (cursor: string) => `?cursor=${encodeURIComponent(cursor)}`;
const send = (content: string, receiver: number | null = null) =>
  trpcCalls(server, ada.token).messages.send.mutate({ receiver_id: receiver, content });
const texts = (page: EventsPage) =>
  page.events.map(({ event }) => (event.type === "message.created" ? event.message.content : event.type));
const positionOf = (cursor: string) => Number(cursor.split(":")[1]);

/** Puts entries into the log beside the server, as another node would. */
async function append(count: number, event: Omit<NewEvent, "at">): Promise<number> {
  const database = await server.storage.open();
  try {
    return await database.writeDb.transaction().execute(async (trx) => {
      const head = await lockLogHead(trx);
      await appendToLog(trx, head, Array<NewEvent>(count).fill({ ...event, at: Date.now() }));
      return head;
    });
  } finally {
    await database.close();
  }
}

describe("GET /events", () => {
  test("without a cursor it says where the log ends now, and tells of nothing", async () => {
    await send("before");
    const { page } = await ask("");
    expect(page).toEqual({ events: [], cursor: expect.any(String), has_more: false, reset: null });
    await send("after");
    expect(texts((await ask(after(page.cursor))).page)).toEqual(["after"]);
  });

  test("pages meet without a gap, and the Link leads from one to the next", async () => {
    let { cursor } = (await ask("")).page;
    for (const content of ["1", "2", "3", "4", "5"]) await send(content);
    let path: string | undefined = `/events${after(cursor)}&limit=2`;
    const pages: string[][] = [];
    while (path !== undefined) {
      const answer: Response = await blaise.call("GET", path);
      const page = (await answer.json()) as EventsPage;
      pages.push(texts(page));
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
      expect(path !== undefined).toBe(page.has_more);
      expect(positionOf(page.cursor)).toBeGreaterThan(positionOf(cursor));
      ({ cursor } = page);
    }
    expect(pages).toEqual([["1", "2"], ["3", "4"], ["5"]]);
  });

  test("a page that is just full says that there is no more", async () => {
    const { cursor } = (await ask("")).page;
    await send("one");
    await send("two");
    expect((await ask(`${after(cursor)}&limit=2`)).page).toMatchObject({ has_more: false });
  });

  test("the cursor moves on past what others do, so that a quiet caller never falls behind", async () => {
    const { cursor } = (await ask("")).page;
    await append(300, { type: "user.updated", audience: onlyUser(ada.id), subjectId: ada.id });
    const { page } = await ask(after(cursor));
    expect(page).toMatchObject({ events: [], has_more: false, reset: null });
    expect(positionOf(page.cursor)).toBe(positionOf(cursor) + 300);
  });

  test("a page in which nothing is left to tell leads on all the same", async () => {
    const { cursor } = (await ask("")).page;
    const { id } = await send("gone");
    await trpcCalls(server, ada.token).messages.delete.mutate({ message_id: id });
    const first = (await ask(`${after(cursor)}&limit=1`)).page;
    expect(first).toMatchObject({ events: [], has_more: true });
    const second = (await ask(`${after(first.cursor)}&limit=1`)).page;
    expect(texts(second)).toEqual(["message.deleted"]);
  });

  test.for(["abc", "", "epoch:-1", `${"a".repeat(41)}:1`, "epoch:1:"])(
    "the cursor %j is refused by its name",
    async (cursor) => {
      const answer = await blaise.call("GET", `/events${after(cursor)}`);
      expect(answer.status).toBe(422);
      const { code, errors } = (await answer.json()) as Problem;
      expect(code).toBe("VALIDATION_FAILED");
      expect(errors?.map(({ loc }) => loc.at(-1))).toEqual(["cursor"]);
    },
  );

  test("over tRPC it is events.list, which refuses a cursor by its name too", async () => {
    const { events } = trpcCalls(server, blaise.token);
    const { cursor } = await events.list.query({});
    await send("over tRPC");
    expect(texts(await events.list.query({ cursor, limit: 1 }))).toEqual(["over tRPC"]);
    await expect(events.list.query({ cursor: "abc" })).rejects.toMatchObject({
      data: { code: "VALIDATION_FAILED", issues: [{ loc: ["body", "cursor"] }] },
    });
  });
});

describe.each([...feeds, polledFeed])("over $name", (feed) => {
  /** What comes after `cursor`, up to the first heartbeat. */
  async function readOn(cursor: string): Promise<readonly FeedItem[]> {
    const open = await feed.open(server, blaise, cursor);
    await expect.poll(() => open.items.some(({ data }) => data.type === "heartbeat"), soon).toBe(true);
    await open.close();
    return open.items;
  }

  test("10,000 events come once each, in order", async () => {
    const { cursor } = (await ask("")).page;
    const count = 10_000;
    const head = await append(count, { type: "user.updated", audience: everyone, subjectId: ada.id });
    const told = (await readOn(cursor)).filter(({ data }) => data.type === "user.updated");
    expect(told.map(({ id }) => positionOf(id))).toEqual(
      Array.from({ length: count }, (_, n) => head + 1 + n),
    );
  });

  test("a cursor that means nothing here is answered with a reset and the end of the log", async () => {
    const head = (await ask("")).page.cursor;
    const [epoch, position] = [head.split(":")[0]!, positionOf(head)];
    const answered = async (cursor: string) => (await readOn(cursor))[0];
    expect(await answered(`other:${position}`)).toEqual({
      id: head,
      data: { type: "reset", reason: "epoch_changed" },
    });
    expect(await answered(`${epoch}:${position + 1}`)).toEqual({
      id: head,
      data: { type: "reset", reason: "position_unknown" },
    });
    await server.storage.query(`update log_head set floor = ${position}`);
    expect(await answered(`${epoch}:${position - 1}`)).toEqual({
      id: head,
      data: { type: "reset", reason: "too_old" },
    });
    expect((await answered(head))?.data.type).toBe("heartbeat");
  });
});
