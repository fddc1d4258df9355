import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { openChannel } from "./broadcast-channel.ts";
import { systemPlatform } from "./system-platform.ts";

test("takes what the runtime offers, and what is handed in instead", async () => {
  const random = () => 0.5;
  const platform = systemPlatform({ random, WebSocket: undefined });
  expect(platform.random).toBe(random);
  expect(platform.WebSocket).toBeUndefined();
  expect(systemPlatform().WebSocket).toBe(globalThis.WebSocket);
  expect(platform.clock.now()).toBeGreaterThan(1_700_000_000_000);
  const { fetch } = platform;
  expect(await (await fetch("data:text/plain,hello")).text()).toBe("hello");
});

// Node has them from 24 on.
test.runIf("locks" in navigator)("a lock of the runtime binds every client in it", async () => {
  const log: string[] = [];
  await Promise.all(
    ["first", "second"].map((name) =>
      systemPlatform().locks.hold("causerie:test", async () => {
        log.push(name);
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(name);
      }),
    ),
  );
  expect(log).toEqual(["first", "first", "second", "second"]);
});

test("a channel carries messages to others and none to who posted them, until it is closed", async () => {
  const own = openChannel("causerie:test");
  const other = openChannel("causerie:test");
  const heard: unknown[] = [];
  own.onMessage(() => expect.unreachable());
  const stop = other.onMessage((message) => heard.push(message));
  own.post({ hello: 1 });
  await expect.poll(() => heard).toEqual([{ hello: 1 }]);

  stop();
  own.post({ hello: 2 });
  const last = new Promise((resolve) => void other.onMessage(resolve));
  expect(await last).toEqual({ hello: 2 });
  expect(heard).toHaveLength(1);
  own.close();
  own.post({ hello: 3 });
  other.close();
});

test("an open channel keeps no program running", () => {
  const module = JSON.stringify(new URL("./broadcast-channel.ts", import.meta.url).href);
  const program = `import { openChannel } from ${module}; openChannel("a").onMessage(() => {}); console.log("open");`;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    timeout: 10_000,
    encoding: "utf8",
  });
  expect([stdout.trim(), status]).toEqual(["open", 0]);
});
