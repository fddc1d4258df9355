import type { Benchmark } from "./lib/benchmark.ts";
import { createFanOutLoad } from "./lib/fan-out-load.ts";
import { bare, causerie, socketIo, stock } from "./lib/followers.ts";
import { interleave, withFigures, type Subject } from "./lib/interleave.ts";
import { installPeers } from "./lib/peers.ts";

const several = 8;
/** As many people as followers, up to here; beyond, people follow on several devices. */
const mostPeople = 250;
const rowName = (name: string, inFlight: number) => `${name}, ${inFlight} in flight`;

/** One event to a thousand followers. */
export const fanOut: Benchmark = {
  name: "fan-out",
  title: "Fan-out",
  about:
    "A message to everybody reaches 1,000 subscribers in frames of 291 bytes, with eight messages under way and with one. Causerie's message is a real send through `/trpc`: authenticated, stored and synced before it is delivered. The bare loop makes one buffer and sends it to each socket, and stores nothing. CPU is that of the server process, the cost of the send included.",

  async run({ rounds, seconds, peers, scale, profiles, progress }) {
    const followers = Math.max(5, Math.round(1000 * scale));
    if (peers) await installPeers(progress);
    await using resources = new AsyncDisposableStack();
    const subjects: Subject[] = [];
    for (const { name, start } of [bare, causerie, stock, socketIo].filter(
      ({ isPeer }) => peers || !isPeer,
    )) {
      progress(`starting ${name}, with ${followers} followers`);
      const profiled = name === causerie.name ? profiles : undefined;
      const following = await start(Math.min(mostPeople, followers), { profiles: profiled });
      resources.use(following.server);
      const load = await createFanOutLoad(following, followers);
      resources.defer(load.close);
      await load.measure(several, Math.min(1, seconds));
      for (const inFlight of [several, 1])
        subjects.push({ name: rowName(name, inFlight), measure: () => load.measure(inFlight, seconds) });
    }
    const measured = await interleave(subjects, { rounds, progress });
    const ratio = (name: string) =>
      measured.ratio(name, "cpu", rowName(bare.name, name.endsWith(rowName("", several)) ? several : 1));
    return {
      columns: [
        { key: "rate", label: "deliveries/s" },
        { key: "cpu", label: "server CPU µs/delivery", digits: 1 },
        { key: "ratio", label: "CPU to bare ws", digits: 2 },
      ],
      rows: withFigures(measured.rows, (name) => ({ ratio: ratio(name) })),
      targets: [
        {
          what: "CPU per delivery to the bare loop's, 8 in flight",
          measured: ratio(rowName(causerie.name, several)),
          atMost: 0.4,
        },
        {
          what: "CPU per delivery to the bare loop's, 1 in flight",
          measured: ratio(rowName(causerie.name, 1)),
          atMost: 1.2,
        },
      ],
    };
  },
};
