import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type Random } from "../../support/random.ts";
import { createHistory, type History } from "./history.ts";
import { createServerChild, type ServerChild } from "./server-child.ts";
import { copyTemplate } from "./templates.ts";
import type { World } from "./world.ts";

/** One run: a server that was not started yet, people who can write, and a seed for all choices. */
export interface Stage {
  readonly seed: number;
  readonly random: Random;
  readonly world: World;
  readonly server: ServerChild;
  readonly history: History;
  readonly dataDir: string;
  /** Aborts when the run is over: who still writes or reads then, leaves. */
  readonly over: AbortSignal;
  /** Ends the run; the folder with the history stays when something was wrong. */
  end(keep: boolean): Promise<void>;
}

export interface StageOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Prepares the data folder, such as by mounting something there, before anything is put into it. */
  readonly prepare?: (dataDir: string) => Promise<void>;
  /** Undoes what `prepare` did, once the server is gone. */
  readonly restore?: (dataDir: string) => Promise<void>;
  /** Makes the world somewhere else than in the folder. */
  readonly makeWorld?: (dataDir: string) => Promise<World>;
}

export async function setStage(seed: number, options: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-faults-"));
  const dataDir = join(folder, "data");
  await mkdir(dataDir, { mode: 0o700 });
  await options.prepare?.(dataDir);
  const world = await (options.makeWorld ?? copyTemplate)(dataDir);
  const server = await createServerChild(dataDir, options.settings);
  const history = createHistory(join(folder, "history.ndjson"));
  const over = new AbortController();
  return {
    seed,
    random: createRandom(seed),
    world,
    server,
    history,
    dataDir,
    over: over.signal,
    async end(keep) {
      over.abort();
      await server.kill();
      await history.end();
      await options.restore?.(dataDir);
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}
