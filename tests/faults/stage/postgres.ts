import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres, type PostgresServer } from "../../support/postgres/server.ts";
import { removeAtExit } from "./remove-at-exit.ts";
import { createServerChild } from "./server-child.ts";
import { queryPostgres } from "./server-modules.ts";
import { makeWorld, type World } from "./world.ts";

/** A PostgreSQL with a database that holds people and conversations, to be copied for each run. */
interface PostgresTemplate {
  readonly server: PostgresServer;
  readonly dataDir: string;
  readonly world: World;
}

let template: Promise<PostgresTemplate> | undefined;
let runs = 0;

/** A database of a run's own. */
export interface PostgresRun {
  readonly server: PostgresServer;
  /** What makes the server use it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Puts what belongs to it into a data folder. */
  makeWorld(dataDir: string): Promise<World>;
}

/** Makes one; the PostgreSQL is started once for the process. */
export async function createPostgresRun(): Promise<PostgresRun> {
  template ??= makeTemplate();
  const { server, dataDir, world } = await template;
  runs += 1;
  const name = `run_${runs}`;
  await queryPostgres(server.url, `create database ${name} template people`);
  return {
    server,
    settings: { DATABASE_URL: urlOf(server, name) },
    async makeWorld(to) {
      await cp(dataDir, to, { recursive: true });
      return world;
    },
  };
}

/** Ends the PostgreSQL, if one was started. */
export async function stopPostgres(): Promise<void> {
  await (await template)?.server[Symbol.asyncDispose]();
  template = undefined;
}

async function makeTemplate(): Promise<PostgresTemplate> {
  const server = await startPostgres(18);
  await queryPostgres(server.url, "create database people");
  const dataDir = await mkdtemp(join(tmpdir(), "causerie-faults-template-"));
  removeAtExit(dataDir);
  const child = await createServerChild(dataDir, { DATABASE_URL: urlOf(server, "people") });
  await child.start();
  const world = await makeWorld(child.url);
  await child.stop();
  return { server, dataDir, world };
}

const urlOf = ({ url }: PostgresServer, name: string) => Object.assign(new URL(url), { pathname: name }).href;
