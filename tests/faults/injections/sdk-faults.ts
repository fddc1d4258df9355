import { setTimeout as pause } from "node:timers/promises";
import { sdkFault, type Act } from "../sdk/sdk-fault.ts";

const nemesis = ({ stage }: Act, what: string) => stage.history.add({ kind: "nemesis", what });

/** Connections are cut again and again, also those that were just made. */
export const sdkCut = sdkFault({
  name: "sdk-cut",
  what: "all connections are cut, three to six times, and now and then none is taken for a while",
  async disturb(act) {
    const { stage, scene, scale } = act;
    const { random } = stage;
    for (let left = scale === "short" ? 3 : 3 + random.below(4); left > 0; left -= 1) {
      nemesis(act, "cut");
      scene.proxy.cut();
      if (random.happens(0.4)) {
        scene.proxy.refuse(true);
        await pause(random.below(scale === "short" ? 500 : 5_000));
        scene.proxy.refuse(false);
      }
      if (scale === "short") for (const client of scene.all) client.wake();
      await pause(random.below(scale === "short" ? 800 : 8_000));
    }
  },
});

/** Nothing arrives any more, and no connection says so. */
export const sdkFreeze = sdkFault({
  name: "sdk-freeze",
  what: "the network holds everything back for longer than the client waits for a sign of life, and then delivers it",
  async disturb(act) {
    const { stage, scene, scale } = act;
    nemesis(act, "freeze");
    scene.proxy.hold(true);
    // Who sends notices after 15 s, who only listens after 60 s.
    await pause((scale === "short" ? 16_000 : 62_000) + stage.random.below(4_000));
    nemesis(act, "thaw");
    scene.proxy.hold(false);
  },
});

/** `kill -9` of the server. */
export const sdkKill = sdkFault({
  name: "sdk-kill",
  what: "`kill -9` of the server, then a start on the same database",
  async disturb(act) {
    const { stage, notes } = act;
    nemesis(act, "kill");
    await stage.server.kill();
    notes.measure("ready again after, ms", await stage.server.start());
  },
});

/** Tokens run out in the middle, also while nothing can be reached. */
export const sdkTokens = sdkFault({
  name: "sdk-tokens",
  what: "access tokens live for 5 s, some run out while connections are cut and refused, and a session ends meanwhile in half of the runs",
  demand: "each client's tokens are renewed; who has to sign in again goes on with what was waiting",
  settings: { ACCESS_TOKEN_TTL: "5s", REFRESH_TOKEN_TTL: "12s" },
  async disturb(act) {
    const { stage, scene, scale, notes } = act;
    const { random } = stage;
    await pause((scale === "short" ? 4_500 : 8_000) + random.below(2_000));
    nemesis(act, "cut");
    const isLong = scale === "long" && random.happens(0.5);
    scene.proxy.refuse(true);
    scene.proxy.cut();
    await pause((isLong ? 13_000 : 5_500) + random.below(1_000));
    scene.proxy.refuse(false);
    nemesis(act, "back");
    for (const client of scene.all) client.wake();
    await Promise.all(scene.all.map((client) => client.online()));
    for (const { name, renewals } of scene.all)
      if (renewals() === 0) notes.fault(`${name} never renewed its token`);
    const sum = (count: (client: (typeof scene.all)[number]) => number) =>
      scene.all.reduce((total, client) => total + count(client), 0);
    notes.measure(
      "tokens renewed",
      sum(({ renewals }) => renewals()),
    );
    notes.measure(
      "signed in again",
      sum(({ signIns }) => signIns()),
    );
  },
});

/** One of two tabs is reloaded or closed; the other sends for both. */
export const sdkTabs = sdkFault({
  name: "sdk-tabs",
  what: "of two tabs of one user, one is reloaded three times while both write, and one is closed",
  async disturb(act) {
    const { stage, scene, scale } = act;
    const { random } = stage;
    for (let left = scale === "short" ? 1 : 3; left > 0; left -= 1) {
      const tab = random.pick(scene.tabs);
      nemesis(act, `reload ${tab.name}`);
      await tab.kill();
      await tab.restart();
      await tab.online();
      await pause(random.below(1_500));
    }
    const tab = random.pick(scene.tabs);
    nemesis(act, `close ${tab.name}`);
    await tab.leave();
  },
});

/** Outboxes fill while nothing can be reached; then those who have them end, and begin anew. */
export const sdkFullOutbox = sdkFault({
  name: "sdk-full-outbox",
  what: "messages wait in the outboxes of all while connections are refused; then the tabs are reloaded and the processes killed, some before there is a network again, some after",
  demand: "at least 50 messages waited",
  async disturb(act) {
    const { stage, scene, scale, notes } = act;
    const { random } = stage;
    nemesis(act, "cut");
    scene.proxy.refuse(true);
    scene.proxy.cut();
    const counts = async () => (await Promise.all(scene.all.map((client) => client.waiting()))).map(Number);
    const enough = scale === "short" ? 20 : 100;
    const deadline = performance.now() + 60_000;
    const most = async () => Math.max(...(await counts()));
    while ((await most()) < enough && performance.now() < deadline) await pause(50);
    const waiting = (await counts()).reduce((sum, count) => sum + count, 0);
    notes.measure("messages that waited", waiting);
    if (waiting < 50) notes.fault(`only ${waiting} messages waited`);

    const again = async (client: (typeof scene.all)[number]) => {
      nemesis(act, `end ${client.name}`);
      await client.kill();
      await client.restart();
    };
    const early = scene.all.filter(() => random.happens(0.5));
    await Promise.all(early.map(again));
    scene.proxy.refuse(false);
    nemesis(act, "back");
    for (const client of scene.all) client.wake();
    await pause(random.below(600));
    await Promise.all(scene.all.filter((client) => !early.includes(client)).map(again));
  },
});

/** All that is done to those who use the client. */
export const sdkFaults = [sdkCut, sdkFreeze, sdkKill, sdkTokens, sdkTabs, sdkFullOutbox] as const;
