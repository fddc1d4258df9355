import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const folder = new URL("../peers/", import.meta.url).pathname;

/** Whether the servers of others are installed. */
export function arePeersInstalled(): boolean {
  return existsSync(`${folder}node_modules/socket.io/package.json`);
}

/** Installs them, unless they are. They are no part of the workspace: some ninety packages that nobody needs to start a server. */
export async function installPeers(progress: (text: string) => void): Promise<void> {
  if (arePeersInstalled()) return;
  progress("installing Socket.IO and FeathersJS into bench/peers");
  const flags = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
  await promisify(execFile)("npm", flags, { cwd: folder });
}

/** The file of a server. */
export const peerServer = (name: "socket-io" | "feathers") => `${folder}${name}.mjs`;
