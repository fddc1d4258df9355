import { performance } from "node:perf_hooks";
import type { Benchmark } from "./lib/benchmark.ts";
import { startCauserie } from "./lib/causerie.ts";
import { createDataFolder, type DataFolder } from "./lib/data-folder.ts";
import { fillConversation } from "./lib/fill-database.ts";
import { interleave, type Subject } from "./lib/interleave.ts";

const people = 100;

/** From the start of the process to the answer that it is ready. */
export const coldStart: Benchmark = {
  name: "cold-start",
  title: "Cold start",
  about:
    "From the start of the process, from source, to the first 200 of `/readyz`, with an empty database and with one million messages and their events stored in it. The files may be in the system's cache.",

  async run({ rounds, scale, progress }) {
    const messages = Math.max(100, Math.round(1_000_000 * scale));
    await using empty = await createDataFolder(people);
    await using filled = await createDataFolder(people);
    progress(`storing ${messages} messages`);
    await filled.fill(async (filling) => {
      for (let one = 1; one < people; one += 2)
        await fillConversation(filling, [one, one + 1], Math.ceil((2 * messages) / people));
    });
    const full = `${messages.toLocaleString("en")} messages`;
    const subjects: Subject[] = [
      { name: "no messages", measure: () => measure(empty) },
      { name: full, measure: () => measure(filled) },
    ];
    const measured = await interleave(subjects, { rounds, progress });
    const ready = measured.rows.find((row) => row.name === full)?.figures["ready"] ?? Number.NaN;
    return {
      columns: [
        { key: "ready", label: "ready after s", digits: 2 },
        { key: "cpu", label: "CPU s", digits: 2 },
      ],
      rows: measured.rows,
      targets: [{ what: "seconds to ready with a million messages", measured: ready, atMost: 3 }],
    };
  },
};

async function measure(folder: DataFolder) {
  const begun = performance.now();
  await using server = await startCauserie(folder);
  const answer = await fetch(`${server.url}/readyz`);
  if (answer.status !== 200) throw new Error(`/readyz answered ${answer.status}.`);
  const ready = (performance.now() - begun) / 1000;
  return { ready, cpu: (await server.ask("cpu")) / 1e6 };
}
