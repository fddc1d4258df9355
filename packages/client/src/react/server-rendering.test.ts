// @vitest-environment happy-dom
import { act, createElement, Suspense, useState, type ReactNode } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, expect, test, vi } from "vitest";
import {
  CauserieProvider,
  useConnection,
  useConversations,
  useMessages,
  usePresence,
  useSend,
  useTyping,
  useUnread,
} from "./index.ts";
import { createReactStage, me, other } from "./react-stage.testing.ts";

vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);

type Stage = ReturnType<typeof createReactStage>;

let root: Root | undefined;
afterEach(() => act(() => root?.unmount()));

const below = (stage: Stage, ...children: ReactNode[]) =>
  createElement(CauserieProvider, { client: stage.client }, ...children);

/** What a server sends, which has no window. */
function onServer(stage: Stage, ...children: ReactNode[]): string {
  const { window } = globalThis;
  vi.stubGlobal("window", undefined);
  try {
    return renderToString(below(stage, ...children));
  } finally {
    vi.stubGlobal("window", window);
  }
}

async function settle(stage: Stage, happening: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await happening();
    await stage.clock.advance(250);
  });
}

/** Takes a page of the server over, as a browser does. `faults` are what React could not take over. */
async function hydrate(html: string, stage: Stage, ...children: ReactNode[]) {
  const page = document.createElement("main");
  page.innerHTML = html;
  const faults: unknown[] = [];
  const onRecoverableError = (error: unknown) => void faults.push(error);
  await act(async () => {
    root = hydrateRoot(page, below(stage, ...children), { onRecoverableError });
  });
  return { page, faults };
}

async function show(stage: Stage, ...children: ReactNode[]) {
  const page = document.createElement("main");
  root = createRoot(page);
  await act(async () => root?.render(below(stage, ...children)));
  return page;
}

function Messages({ suspense = false }) {
  const { status, items } = useMessages(10, { suspense });
  const texts = items.map((item) => (item.state === "sent" ? item.message.content : "on its way"));
  return createElement("p", null, `${status}: ${texts.join()}`);
}
const Waiting = ({ children }: { readonly children?: ReactNode }) =>
  createElement(Suspense, { fallback: createElement("b", null, "one moment") }, children);
const suspended = createElement(Waiting, null, createElement(Messages, { suspense: true }));

function Everything() {
  const [typists] = useTyping(10);
  const parts = [
    useConnection().state,
    useConversations().status,
    useMessages(10).status,
    useUnread(),
    usePresence([me, other]).get(other),
    typists.length,
    typeof useSend(10),
  ];
  return createElement("p", null, parts.join(" "));
}

test("a server renders every hook without asking for anything, and the browser takes it over as it is", async () => {
  const [server, browser] = [createReactStage(), createReactStage()];
  const conversation = vi.spyOn(server.stores, "conversation");
  const html = onServer(server, createElement(Everything));
  expect(html).toBe("<p>offline loading loading 0 unknown 0 function</p>");
  expect(conversation).not.toHaveBeenCalled();
  expect(server.loads).toEqual([]);

  // The browser knows more by then, which must not get in the way.
  browser.say(10, "unread", { isOld: true });
  await browser.begin();
  await browser.stores.conversation(10).open();
  browser.setState({ state: "online", transport: "websocket" });
  const { page, faults } = await hydrate(html, browser, createElement(Everything));
  await settle(browser);
  expect(faults).toEqual([]);
  expect(page.textContent).toBe("online ready ready 1 unknown 0 function");
});

test("with suspense, the fallback is shown until there are messages, and never again", async () => {
  const stage = createReactStage();
  stage.say(10, "Bonjour", { isOld: true });
  await stage.begin();
  stage.holdBack();
  const page = await show(stage, suspended);
  expect(page.textContent).toBe("one moment");
  await settle(stage, () => stage.loads.forEach(({ arrive }) => arrive()));
  expect(page.textContent).toBe("ready: Bonjour");
  expect(stage.loads).toHaveLength(1);
  await settle(stage, () => stage.say(10, "Ça va ?"));
  expect(page.textContent).toBe("ready: Bonjour,Ça va ?");
});

test("with suspense, a conversation that is gone is shown as such", async () => {
  const stage = createReactStage([20]);
  const page = await show(stage, suspended);
  await settle(stage);
  expect(page.textContent).toBe("gone: ");
});

test("with suspense, the list of conversations waits for the stream to start", async () => {
  const stage = createReactStage();
  const List = () => createElement("p", null, useConversations({ suspense: true }).conversations.length);
  const page = await show(stage, createElement(Waiting, null, createElement(List)));
  expect(page.textContent).toBe("one moment");
  await settle(stage, stage.begin);
  expect(page.textContent).toBe("2");
});

test("another conversation waits again, and many who wait for one ask once", async () => {
  const stage = createReactStage();
  for (const id of [10, 20]) stage.say(id, `in ${id}`, { isOld: true });
  await stage.begin();
  stage.holdBack();
  let choose: (id: number) => void = () => undefined;
  const One = ({ id }: { readonly id: number }) =>
    createElement("i", null, useMessages(id, { suspense: true }).items.length);
  function Chosen() {
    const [id, setId] = useState(10);
    choose = setId;
    return createElement(Waiting, null, createElement(One, { id }), createElement(One, { id }));
  }
  const page = await show(stage, createElement(Chosen));
  await settle(stage, () => stage.loads.forEach(({ arrive }) => arrive()));
  expect(page.textContent).toBe("11");
  await act(async () => choose(20));
  expect(page.textContent).toContain("one moment");
  await settle(stage, () => stage.loads.forEach(({ arrive }) => arrive()));
  expect(stage.loads.map(({ id }) => id)).toEqual([10, 20]);
  expect(page.querySelector("b")).toBeNull();
});

test("with suspense, a server sends the fallback for what it has not loaded, and asks for nothing", async () => {
  const [server, browser] = [createReactStage(), createReactStage()];
  const html = onServer(server, suspended);
  expect(html).toContain("one moment");
  expect(server.loads).toEqual([]);

  browser.say(10, "in the browser", { isOld: true });
  const { page } = await hydrate(html, browser, suspended);
  await settle(browser);
  expect(page.textContent).toBe("ready: in the browser");
});

test("with suspense, what a server had loaded stays on the page until the browser has loaded it too", async () => {
  const [server, browser] = [createReactStage(), createReactStage()];
  for (const stage of [server, browser]) stage.say(10, "Bonjour", { isOld: true });
  await server.stores.conversation(10).open();
  await server.clock.advance(0);
  const html = onServer(server, suspended);
  expect(html).toContain("ready: Bonjour");

  browser.holdBack();
  const { page, faults } = await hydrate(html, browser, suspended);
  const paragraph = page.querySelector("p");
  expect(page.textContent).toBe("ready: Bonjour");
  await settle(browser, () => browser.loads.forEach(({ arrive }) => arrive()));
  await settle(browser, () => browser.say(10, "live"));
  expect(page.textContent).toBe("ready: Bonjour,live");
  expect(page.querySelector("p")).toBe(paragraph);
  expect(faults).toEqual([]);
});
