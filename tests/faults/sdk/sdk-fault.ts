import { setTimeout as pause } from "node:timers/promises";
import type { Fault, Scale } from "../injections/fault.ts";
import { runOnStage, type Notes } from "../injections/run-on-stage.ts";
import { acknowledgedMore, stopWriters } from "../stage/play.ts";
import type { Stage } from "../stage/stage.ts";
import { whyNoChromium } from "../../support/browser.ts";
import { judgeSdk } from "./judge-sdk.ts";
import { setScene, type Scene } from "./scene.ts";

/** What a run of the client is made of. */
export interface Act {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly notes: Notes;
  readonly scale: Scale;
}

export interface SdkFaultOptions extends Pick<Fault, "name" | "what"> {
  readonly demand?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** What goes wrong, while all of them write. */
  disturb(act: Act): Promise<void>;
}

const resolves =
  "each promise settles once, with the message that is stored; what an outbox has kept is stored; the stores show what is stored";

/** Something that goes wrong while people write and read through the client, on Node and in Chromium. */
export function sdkFault({ name, what, demand, settings = {}, disturb }: SdkFaultOptions): Fault {
  return {
    name,
    what: `Through the client, two on Node and two tabs in Chromium: ${what}`,
    demand: demand === undefined ? resolves : `${resolves}; ${demand}`,
    runs: 20,
    lanes: 2,
    skip: whyNoChromium,
    run: (seed, scale) =>
      runOnStage(seed, { settings }, async (stage, notes) => {
        await stage.server.start();
        await using scene = await setScene(stage, notes, { thinkMs: scale === "short" ? 60 : 40, most: 150 });
        const writers = scene.all.map((client) => client.write());
        await acknowledgedMore(stage, 20);
        await pause(stage.random.below(scale === "short" ? 500 : 2_000));
        await disturb({ stage, scene, notes, scale });
        // The long runs wait for what the client does by itself.
        if (scale === "short") for (const client of scene.all) client.wake();
        const resumedMs = await acknowledgedMore(stage, 20, 90_000);
        notes.measure("sends resumed after, ms", resumedMs);
        await stopWriters(writers);
        return await judgeSdk(stage, scene, notes);
      }),
  };
}
