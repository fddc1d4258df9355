import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createRandom } from "../../support/random.ts";
import { startCuttableProxy, type CuttableProxy } from "../../client/cuttable-proxy.ts";
import type { Notes } from "../injections/run-on-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { placesOf } from "../writers/outbox.ts";
import { openProfile } from "./chromium.ts";
import type { Hear, Host } from "./host.ts";
import { createProcessHost } from "./process-host.ts";
import { startSdkClient, type SdkClient } from "./sdk-client.ts";
import { createTabHost } from "./tab-host.ts";

/** Who uses the client: two people on Node, of whom the second sees the lobby only, and one in two tabs. */
export interface Scene extends AsyncDisposable {
  readonly proxy: CuttableProxy;
  readonly member: SdkClient;
  readonly stranger: SdkClient;
  readonly tabs: readonly [SdkClient, SdkClient];
  readonly all: readonly SdkClient[];
}

/** The pace of each client's writing. */
export interface Pace {
  readonly thinkMs: number;
  readonly most: number;
}

const people = { member: 0, tabs: 2 };

/** Puts clients behind a proxy in front of the stage's server, which has to run. */
export async function setScene(stage: Stage, { fault }: Notes, pace: Pace): Promise<Scene> {
  const { world, history, server, random, dataDir } = stage;
  const proxy = await startCuttableProxy(server.port);
  const { context, url: pageUrl } = await openProfile();
  const begun: SdkClient[] = [];

  async function begin(
    name: string,
    person: number,
    createHost: (hear: Hear) => Promise<Host>,
    isSignedIn = false,
  ): Promise<SdkClient> {
    const client = await startSdkClient({
      ...{ name, person, history, fault, createHost, isSignedIn, ...pace, url: proxy.url },
      ...{ actor: world.people[person]!, places: placesOf(person, world.places) },
      // Each has choices of its own, so that what one does changes nothing for the others.
      random: createRandom(random.below(2 ** 31)),
    });
    begun.push(client);
    return client;
  }

  async function onNode(name: string, person: number): Promise<SdkClient> {
    const folder = join(dirname(dataDir), name);
    await mkdir(folder);
    return await begin(name, person, (hear) => Promise.resolve(createProcessHost(folder, hear)));
  }

  const inTab = (name: string, isSignedIn: boolean) =>
    begin(name, people.tabs, (hear) => createTabHost(context, pageUrl, hear), isSignedIn);

  async function end(): Promise<void> {
    await Promise.all(begun.map((client) => client.leave()));
    await context.close();
    await proxy[Symbol.asyncDispose]();
  }

  try {
    const member = await onNode("node", people.member);
    const stranger = await onNode("stranger", world.people.length - 1);
    const tabs = [await inTab("tab-a", false), await inTab("tab-b", true)] as const;
    return { proxy, member, stranger, tabs, all: [member, stranger, ...tabs], [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
