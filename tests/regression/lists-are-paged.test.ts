import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("every list that grows takes limit, before and after, and links to its next page", async () => {
  await using server = await startTestServer();
  const [ada, blaise, chloe] = [
    await createPerson(server.url),
    await createPerson(server.url),
    await createPerson(server.url),
  ];
  for (const receiver_id of [blaise.id, chloe.id, blaise.id, blaise.id]) {
    await ada.call("POST", "/messages/", { receiver_id, content: "x" });
  }
  for (const path of ["/users/", "/messages/", `/messages/conversation/${blaise.id}`]) {
    const idsOf = async (url: string) => {
      const answer = await ada.call("GET", url);
      const ids = ((await answer.json()) as { id: number }[]).map(({ id }) => id);
      return { ids, link: answer.headers.get("link") };
    };
    const all = (await idsOf(path)).ids;
    expect(all).toHaveLength(path === "/messages/" ? 4 : 3);
    const newest = await idsOf(`${path}?limit=1`);
    expect(newest).toEqual({
      ids: all.slice(-1),
      link: `<${path}?limit=1&before=${all.at(-1)}>; rel="prev"`,
    });
    expect((await idsOf(`${path}?limit=2&before=${all.at(-1)}`)).ids).toEqual(all.slice(-3, -1));
    expect((await idsOf(`${path}?limit=1&after=${all[0]}`)).ids).toEqual([all[1]]);
    expect((await ada.call("GET", `${path}?limit=101`)).status).toBe(422);
  }
});

test("conversations are paged by a cursor, the latest written in first", async () => {
  await using server = await startTestServer();
  const [ada, blaise] = [await createPerson(server.url), await createPerson(server.url)];
  await ada.call("POST", "/messages/", { receiver_id: blaise.id, content: "x" });
  interface Page {
    readonly conversations: { kind: string }[];
    readonly next_cursor: string | null;
  }
  const pageAt = async (query: string) =>
    (await (await ada.call("GET", `/conversations?limit=1${query}`)).json()) as Page;
  const first = await pageAt("");
  const second = await pageAt(`&cursor=${first.next_cursor}`);
  const kinds = [first, second].flatMap(({ conversations }) => conversations.map(({ kind }) => kind));
  expect(kinds).toEqual(["direct", "public"]);
  expect(second.next_cursor).toBeNull();
  expect((await ada.call("GET", "/conversations?limit=101")).status).toBe(422);
});
