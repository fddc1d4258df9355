/**
 * Which functions took the time, of the CPU profiles that `pnpm bench --profile` left: a list for each file,
 * and so for each thread, of their own time without what they called.
 *
 *   node bench/self-times.ts <profile or folder …> [lines]
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const args = process.argv.slice(2);
const lines = Number(args.find((argument) => /^\d+$/.test(argument)) ?? 25);

function* profilesIn(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) yield path;
  else for (const name of readdirSync(path)) yield* profilesIn(join(path, name));
}

for (const argument of args.filter((each) => !/^\d+$/.test(each))) {
  for (const path of profilesIn(argument)) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, "utf8")) as Profile;
    const names = new Map(
      nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
        id,
        `${functionName || "(anonymous)"} ${url.replace(/^.*\/(node_modules\/(\.pnpm\/)?|packages\/)/, "")}${url ? `:${lineNumber + 1}` : ""}`,
      ]),
    );
    const times = new Map<string, number>();
    let busy = 0;
    samples.forEach((id, index) => {
      const name = names.get(id) ?? "?";
      const time = timeDeltas[index] ?? 0;
      if (name.startsWith("(idle)")) return;
      busy += time;
      times.set(name, (times.get(name) ?? 0) + time);
    });
    console.log(`\n${path}: busy for ${(busy / 1e6).toFixed(2)} s`);
    const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, lines);
    for (const [name, time] of sorted)
      console.log(`${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`);
  }
}
