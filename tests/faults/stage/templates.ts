import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtExit } from "./remove-at-exit.ts";
import { createServerChild } from "./server-child.ts";
import { makeWorld, type World } from "./world.ts";

interface Template {
  readonly dataDir: string;
  readonly world: World;
}

let template: Promise<Template> | undefined;

/** Puts a data folder with people and conversations at `dataDir`; they are made once for the process. */
export async function copyTemplate(dataDir: string): Promise<World> {
  template ??= makeTemplate();
  const { dataDir: from, world } = await template;
  await cp(from, dataDir, { recursive: true, preserveTimestamps: true });
  return world;
}

async function makeTemplate(): Promise<Template> {
  const dataDir = await mkdtemp(join(tmpdir(), "causerie-faults-template-"));
  removeAtExit(dataDir);
  const server = await createServerChild(dataDir);
  await server.start();
  const world = await makeWorld(server.url);
  await server.stop();
  return { dataDir, world };
}
