import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { postgresFolder, type PostgresVersion } from "./binaries.ts";

/** A PostgreSQL of the tests' own: a free port, a temporary folder, a password. */
export interface PostgresServer extends AsyncDisposable {
  /** The URL of its first database, as a superuser. */
  readonly url: string;
  /** Ends it as a crash does: nothing is finished, no connection is closed tidily. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  start(): Promise<void>;
}

/**
 * Power is not cut in tests, so they need not wait for the disk: a process that is killed loses
 * nothing that it gave to the system. That commits are synced is PostgreSQL's default and is not
 * shown by these tests.
 */
const withoutSync = ["-c", "fsync=off", "-c", "full_page_writes=off"];

export interface PostgresServerOptions {
  /** Whether commits wait for the disk, as they do by default elsewhere: for who measures. */
  readonly sync?: boolean;
}

/** Starts PostgreSQL; its packages' own starter can neither kill it nor run in a folder that only root may enter. */
export async function startPostgres(
  version: PostgresVersion,
  { sync = false }: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const flags = [...(sync ? [] : withoutSync), "-c", "max_connections=300", "-c", "unix_socket_directories="];
  const installed = postgresFolder(version);
  if (installed === undefined) throw new Error(`There is no PostgreSQL ${version} for this platform.`);
  const folder = await mkdtemp(join(tmpdir(), "causerie-postgres-"));
  const user = await unprivilegedUser();
  let binaries = installed;
  if (user) {
    // It refuses to run as root, and another user may not be allowed where the packages are.
    await chown(folder, user.uid, user.gid);
    binaries = join(folder, "postgres");
    await cp(installed, binaries, { recursive: true, verbatimSymlinks: true });
  }

  const password = randomBytes(12).toString("hex");
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o644 });
  const init = [`--pgdata=${data}`, "--username=postgres", `--pwfile=${passwordFile}`, "--no-sync"];
  const text = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"];
  await promisify(execFile)(join(binaries, "bin/initdb"), [...init, ...text], { cwd: folder, ...user });

  const port = await freePort();
  let server: ChildProcess;

  async function start(): Promise<void> {
    const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", ...flags];
    const child = spawn(join(binaries, "bin/postgres"), args, {
      cwd: folder,
      ...user,
      stdio: ["ignore", "ignore", "pipe"],
    });
    server = child;
    const lines: string[] = [];
    await new Promise<void>((ready, failed) => {
      child.once("error", failed);
      child.once("exit", () => failed(new Error(`PostgreSQL did not start:\n${lines.join("\n")}`)));
      createInterface({ input: child.stderr }).on("line", (line) => {
        if (lines.length < 50) lines.push(line);
        if (line.includes("ready to accept connections")) ready();
      });
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill(signal);
    await gone;
  }

  await start();
  // Should the tests end without a word, it ends too.
  const killAtExit = () => server.kill("SIGKILL");
  process.once("exit", killAtExit);
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    kill: () => end("SIGKILL"),
    start,
    async [Symbol.asyncDispose]() {
      process.off("exit", killAtExit);
      await end("SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** For root, the user who may nothing. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (what: string) => Number(execFileSync("id", [what, "nobody"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
