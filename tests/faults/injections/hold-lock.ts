import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A lock that another process holds. */
export interface HeldLock {
  /** Settles when it is given back. */
  readonly released: Promise<void>;
}

/** Starts a process that takes the lock for `ms`, and waits until it has it. */
export async function holdLock(path: string, what: "write" | "read", ms: number): Promise<HeldLock> {
  const program = join(import.meta.dirname, "lock-holder.ts");
  const child = spawn(process.execPath, [program, path, what, String(ms)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const said = (word: string) =>
    new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => line === word && resolve());
      void gone.then(
        ([code]) => code !== 0 && reject(new Error(`The process with the lock ended with ${code}.`)),
      );
    });
  const lines = createInterface({ input: child.stdout });
  const released = said("released");
  released.catch(() => undefined);
  await said("held");
  return { released };
}
