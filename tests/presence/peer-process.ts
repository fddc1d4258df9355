import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

/** A peer in a process of its own. */
export interface PeerProcess extends AsyncDisposable {
  kill(signal: NodeJS.Signals): void;
}

/** Starts a peer that connects, sends `frames`, and waits until it got an answer. */
export async function startPeer(url: string, frames: readonly object[]): Promise<PeerProcess> {
  const args = [
    resolve(import.meta.dirname, "peer.ts"),
    url,
    ...frames.map((frame) => JSON.stringify(frame)),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    exited.then(() => Promise.reject(new Error("The peer ended before it was answered."))),
  ]);
  return {
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      // Also ends one that is stopped.
      child.kill("SIGKILL");
      await exited;
    },
  };
}
