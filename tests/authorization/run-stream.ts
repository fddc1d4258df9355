import { expect } from "vitest";
import { actorNames, type Actor } from "./actors.ts";
import {
  happenings,
  isFence,
  raiseFence,
  setScene,
  type Happening,
  type LiveEvent,
  type Scene,
} from "./happenings.ts";
import { outcomeFor, type Cells, type StreamRow } from "./row.ts";
import type { Stage } from "./stage.ts";
import { carriers, type Subscription } from "./subscriptions.ts";

interface Open {
  readonly actor: Actor;
  readonly carrier: string;
  readonly subscription: Subscription;
}

type Happened = readonly (readonly [Happening, (event: LiveEvent) => boolean])[];

/** Subscribes everybody, lets things happen, and says in a line each who received what they should not, or did not. */
export async function runStream(stage: Stage, row: StreamRow): Promise<string[]> {
  const scene = await setScene(stage);
  const live = await subscribeAll(scene, row);
  const wrongOpenings = live.flatMap(({ actor, carrier, subscription }) => {
    const got = subscription.refusal() ?? "ok";
    const expected = outcomeFor(row.opens, actor);
    return got === expected
      ? []
      : `${row.procedure} · ${actor} · ${carrier}: expected ${expected}, got ${got}`;
  });
  const cursor = live.flatMap(({ subscription }) => subscription.items()).find(({ id }) => id)?.id;

  const happened = await happen(scene, Object.keys(row.delivers) as Happening[]);
  await raiseFence(stage);
  const failures = await compare(row, "live", live, happened, row.delivers);
  if (!row.replays) return [...wrongOpenings, ...failures];

  const resumed = await subscribeAll(scene, row, cursor);
  const replayed = { ...row.delivers, ...row.replays };
  return [...wrongOpenings, ...failures, ...(await compare(row, "resumed", resumed, happened, replayed))];
}

/** Opens a subscription for every actor on every carrier and waits until each runs or is refused. */
async function subscribeAll(scene: Scene, row: StreamRow, lastEventId?: string): Promise<Open[]> {
  const { server, tokenOf } = scene.stage;
  const input = row.input?.(scene);
  const opened = await Promise.all(
    carriers.flatMap((carrier) =>
      actorNames.map(async (actor): Promise<Open> => {
        const caller = { token: await tokenOf(actor), input, lastEventId };
        const subscription = await carrier.open(server, row.procedure, caller);
        return { actor, carrier: carrier.name, subscription };
      }),
    ),
  );
  for (const { subscription } of opened)
    await expect.poll(() => subscription.items().length > 0 || subscription.refusal()).toBeTruthy();
  return opened;
}

async function happen(scene: Scene, names: readonly Happening[]): Promise<Happened> {
  const happened: [Happening, (event: LiveEvent) => boolean][] = [];
  for (const name of names) happened.push([name, await happenings[name](scene)]);
  return happened;
}

async function compare(
  row: StreamRow,
  when: string,
  opened: readonly Open[],
  happened: Happened,
  expected: { readonly [name in Happening]?: Cells },
): Promise<string[]> {
  const running = opened.filter(({ subscription }) => subscription.refusal() === undefined);
  const events = (subscription: Subscription) => subscription.items().map(({ event }) => event);
  for (const { subscription } of running)
    await expect.poll(() => events(subscription).some(isFence), { timeout: 10_000 }).toBe(true);
  const failures = running.flatMap(({ actor, carrier, subscription }) =>
    happened.flatMap(([name, matches]) => {
      const got = events(subscription).some(matches) ? "shown" : "hidden";
      const due = outcomeFor(expected[name] ?? {}, actor);
      return got === due
        ? []
        : `${row.procedure} · ${actor} · ${name} · ${carrier}, ${when}: expected ${due}, got ${got}`;
    }),
  );
  for (const { subscription } of opened) subscription.close();
  return failures;
}
