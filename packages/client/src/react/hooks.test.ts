// @vitest-environment happy-dom
import { act, createElement, memo, StrictMode, useState, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ConversationItem } from "../store/conversation-items.ts";
import {
  CauserieProvider,
  useConnection,
  useConversations,
  useMessages,
  usePresence,
  useSend,
  useTyping,
  useUnread,
  type MessagesView,
} from "./index.ts";
import type { WatchEvent } from "../types.ts";
import { createReactStage, me, other } from "./react-stage.testing.ts";

vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);

let stage: ReturnType<typeof createReactStage>;
let root: Root;
let page: HTMLElement;
/** How often each component was rendered. */
let renders: Record<string, number>;

beforeEach(() => {
  stage = createReactStage();
  page = document.createElement("main");
  root = createRoot(page);
  renders = {};
});
afterEach(() => act(() => root.unmount()));

function count(name: string): void {
  renders[name] = (renders[name] ?? 0) + 1;
}

/** Renders below the provider, and lets what that starts settle. */
async function show(...children: ReactNode[]): Promise<void> {
  await act(async () => root.render(createElement(CauserieProvider, { client: stage.client }, ...children)));
  await settle();
}

/** What happens and what it leads to, within one turn and the gathering of what is watched. */
async function settle(happening: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await happening();
    await stage.clock.advance(250);
  });
}

const textOf = (item: ConversationItem) =>
  item.state === "sent" ? item.message.content : (item.item.input.content ?? "");

const Row = memo(function Row({ item }: { readonly item: ConversationItem }) {
  count(`row ${textOf(item)}`);
  return createElement("li", null, textOf(item));
});

let view: MessagesView;
function List({ id }: { readonly id: number }) {
  count(`list ${id}`);
  view = useMessages(id);
  return createElement(
    "ul",
    { id: `list-${id}` },
    view.items.map((item) => createElement(Row, { key: item.key, item })),
  );
}

const timestamp = "2026-01-01T00:00:00.000Z";
const nobodyThere: WatchEvent = { type: "presence.states", users: [], conversation_ids: [10], timestamp };
const otherTypes: WatchEvent = {
  ...{ type: "typing", conversation_id: 10, user_id: other, typing: true, expires_at: timestamp },
};

const shown = (id: number) =>
  [...page.querySelectorAll(`#list-${id} li`)].map(({ textContent }) => textContent);

describe("useMessages", () => {
  test("shows what is there, what comes, and what is sent, and loads what is older", async () => {
    for (let n = 1; n <= 60; n += 1) stage.say(10, `old ${n}`, { isOld: true });
    await stage.begin();
    await show(createElement(List, { id: 10 }));
    expect(shown(10)).toHaveLength(50);
    expect(view).toMatchObject({ status: "ready", hasOlder: true, hasNewer: false });

    await settle(() => view.loadOlder());
    expect(shown(10)).toHaveLength(60);
    await settle(() => stage.say(10, "live"));
    expect(shown(10).at(-1)).toBe("live");
  });

  test("follows another id, and listens to the earlier one no longer", async () => {
    await stage.begin();
    stage.say(10, "ten");
    stage.say(20, "twenty");
    await show(createElement(List, { id: 10 }));
    await show(createElement(List, { id: 20 }));
    expect(shown(20)).toEqual(["twenty"]);
    const before = renders["list 20"];
    await settle(() => stage.say(10, "unheard"));
    expect(renders["list 20"]).toBe(before);
  });

  test("says that a conversation is gone", async () => {
    await stage.begin();
    await show(createElement(List, { id: 99 }));
    expect(view).toMatchObject({ status: "gone", items: [] });
  });

  test("begins at the marker when asked to", async () => {
    const opened = vi.spyOn(stage.stores.conversation(10), "open");
    const AtMarker = () => createElement("p", null, useMessages(10, { at: "marker" }).status);
    await show(createElement(AtMarker));
    expect(opened).toHaveBeenCalledWith("marker");
  });
});

test("useSend shows a message in the turn in which it is sent, and is the same function for good", async () => {
  await stage.begin();
  const sends = new Set<unknown>();
  let send: ReturnType<typeof useSend> | undefined;
  function Composer() {
    count("composer");
    send = useSend(10);
    sends.add(send);
    return null;
  }
  await show(createElement(List, { id: 10 }), createElement(Composer));
  await act(async () => void send?.("Bonjour"));
  expect(shown(10)).toEqual(["Bonjour"]);
  expect(view.items[0]).toMatchObject({ state: "queued" });
  await settle(() => stage.say(10, "an answer"));
  expect(renders["composer"]).toBe(1);
  await show(createElement(List, { id: 10 }), createElement(Composer));
  expect(sends.size).toBe(1);
});

test("useConversations and useUnread show the list and what is unread, in all and in one", async () => {
  stage.say(20, "unread", { isOld: true });
  function Sidebar() {
    const { conversations, status, markRead } = useConversations();
    const name = (id: number) => `${id}: ${useUnread(id)}`;
    return createElement(
      "nav",
      { onClick: () => markRead(20, 1) },
      `${status} ${conversations.map(({ id }) => id).join()} ${useUnread()} ${name(10)} ${name(20)}`,
    );
  }
  await show(createElement(Sidebar));
  expect(page.textContent).toBe("loading  0 10: 0 20: 0");
  await settle(() => stage.begin());
  expect(page.textContent).toBe("ready 20,10 1 10: 0 20: 1");
  await settle(() => stage.say(10, "newer"));
  expect(page.textContent).toBe("ready 10,20 2 10: 1 20: 1");
  await settle(() => page.querySelector("nav")!.click());
  expect(page.textContent).toBe("ready 10,20 1 10: 1 20: 0");
});

describe("usePresence", () => {
  let statuses: ReadonlyMap<number, string>;
  const Badges = ({ ids }: { readonly ids: readonly number[] }) => {
    count("badges");
    statuses = usePresence(ids);
    return createElement("p", null, [...statuses.values()].join());
  };
  const states = (...users: [number, "online" | "offline"][]): WatchEvent => ({
    ...nobodyThere,
    users: users.map(([user_id, status]) => ({ user_id, status })),
  });

  test("watches these users once, and shows whether they are there", async () => {
    await show(createElement(Badges, { ids: [me, other] }));
    expect(page.textContent).toBe("unknown,unknown");
    expect(stage.watches.map(({ input }) => input)).toEqual([
      expect.objectContaining({ user_ids: [me, other] }),
    ]);
    await settle(() => stage.tellWatch(states([me, "online"], [other, "offline"])));
    expect(page.textContent).toBe("online,offline");
  });

  test("an array with the same ids is the same, and changes of one turn are one rendering", async () => {
    await show(createElement(Badges, { ids: [me, other] }));
    await settle(() => stage.tellWatch(states([me, "online"], [other, "online"])));
    const [first, rendered] = [statuses, renders["badges"]!];
    await show(createElement(Badges, { ids: [me, other] }));
    expect(statuses).toBe(first);
    expect(stage.watches).toHaveLength(1);
    await settle(() => stage.tellWatch(states([me, "offline"], [other, "offline"])));
    expect(renders["badges"]).toBe(rendered + 2);
  });

  test("follows other ids, and watches nobody when it is not shown any more", async () => {
    await show(createElement(Badges, { ids: [me] }));
    await settle(() => stage.tellWatch(states([me, "online"])));
    await show(createElement(Badges, { ids: [other] }));
    expect(stage.watches.at(-1)?.input).toMatchObject({ user_ids: [other] });
    await show();
    expect(stage.watches.every(({ isStopped }) => isStopped)).toBe(true);
  });
});

test("useTyping shows who types, and says that the user does", async () => {
  let setTyping: (isTyping: boolean) => void = () => undefined;
  function Typists() {
    const [typists, set] = useTyping(10);
    setTyping = set;
    return createElement("p", null, typists.join());
  }
  await show(createElement(Typists));
  await settle(() => stage.tellWatch(nobodyThere));
  await settle(() => stage.tellWatch(otherTypes));
  expect(page.textContent).toBe(`${other}`);
  await settle(() => setTyping(true));
  expect(stage.typed).toEqual([{ conversation_id: 10, typing: true }]);
});

test("useConnection shows what the connection is doing", async () => {
  const State = () => createElement("p", null, useConnection().state);
  await show(createElement(State));
  expect(page.textContent).toBe("offline");
  await settle(() => stage.setState({ state: "online", transport: "websocket" }));
  expect(page.textContent).toBe("online");
});

test("a hook without a provider says so", () => {
  const Lost = () => createElement("p", null, useConnection().state);
  const onError = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(() => act(() => root.render(createElement(Lost)))).toThrow("<CauserieProvider>");
  onError.mockRestore();
});

describe("renderings", () => {
  /** Every hook in a component of its own. */
  async function showAll(): Promise<void> {
    const parts = {
      connection: () => useConnection().state,
      unread: () => useUnread(),
      "unread in 20": () => useUnread(20),
      conversations: () => useConversations().status,
      presence: () => usePresence([me, other]).size,
      typing: () => useTyping(10)[0].length,
      send: () => typeof useSend(10),
    };
    const components = Object.entries(parts).map(([name, use]) => {
      const Part = () => {
        count(name);
        return createElement("i", null, use());
      };
      return createElement(Part, { key: name });
    });
    await show(
      createElement(List, { key: 10, id: 10 }),
      createElement(List, { key: 20, id: 20 }),
      components,
    );
  }

  test("a message renders its row, its list and what counts it, once each, and nothing else", async () => {
    for (let n = 1; n <= 50; n += 1) stage.say(10, `old ${n}`, { isOld: true });
    await stage.begin();
    await showAll();
    renders = {};
    await settle(() => stage.say(10, "one message"));
    expect(renders).toEqual({ "list 10": 1, "row one message": 1, conversations: 1, unread: 1 });
  });

  test("a hundred messages of one turn are one rendering of their list", async () => {
    await stage.begin();
    await showAll();
    renders = {};
    await settle(() => {
      for (let n = 1; n <= 100; n += 1) stage.say(10, `burst ${n}`);
    });
    expect(renders["list 10"]).toBe(1);
    expect(renders["list 20"]).toBeUndefined();
    expect(renders["burst 1"] ?? renders["row burst 1"]).toBe(1);
    expect(shown(10)).toHaveLength(100);
  });

  test("who types and who comes renders what shows that alone", async () => {
    await stage.begin();
    await showAll();
    await settle(() => stage.tellWatch(nobodyThere));
    renders = {};
    await settle(() =>
      stage.tellWatch({
        type: "typing",
        conversation_id: 10,
        user_id: other,
        typing: true,
        expires_at: null,
      }),
    );
    expect(renders).toEqual({ typing: 1 });
    await settle(() => stage.setState({ state: "online", transport: "sse" }));
    expect(renders).toEqual({ typing: 1, connection: 1 });
  });

  test("rendering again for other reasons gives the same objects", async () => {
    await stage.begin();
    const views = new Set<unknown>();
    let again: (n: number) => void = () => undefined;
    function Twice() {
      [, again] = useState(0);
      views.add(useMessages(10)).add(useConversations()).add(useTyping(10));
      return null;
    }
    await show(createElement(Twice));
    const { size } = views;
    await act(async () => again(1));
    await act(async () => again(2));
    expect(views.size).toBe(size);
  });
});

test("in strict mode, too, nothing is listened to twice or for ever", async () => {
  await stage.begin();
  const Badge = () => createElement("p", null, usePresence([other]).get(other));
  await show(createElement(StrictMode, null, createElement(List, { id: 10 }), createElement(Badge)));
  await settle(() => stage.say(10, "once"));
  expect(shown(10)).toEqual(["once"]);
  await show();
  expect(stage.watches).toHaveLength(1);
  expect(stage.watches[0]?.isStopped).toBe(true);
});
