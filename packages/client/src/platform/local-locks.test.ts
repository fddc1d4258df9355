import { expect, test } from "vitest";
import { createLocalLocks } from "./local-locks.ts";

/** Work that ends when it is told to. */
function createWork(name: string, log: string[]) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = async () => {
    log.push(`${name} has it`);
    await ended;
    log.push(`${name} gives it up`);
    return name;
  };
  return { work, end: () => end() };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("those who want the same lock get it one after another; another name is another lock", async () => {
  const locks = createLocalLocks();
  const log: string[] = [];
  const first = createWork("first", log);
  const second = createWork("second", log);
  const holds = [locks.hold("a", first.work), locks.hold("a", second.work)];
  await locks.hold("b", async () => log.push("another"));
  second.end();
  await settle();
  expect(log).toEqual(["first has it", "another"]);

  first.end();
  expect(await Promise.all(holds)).toEqual(["first", "second"]);
  expect(log.slice(2)).toEqual(["first gives it up", "second has it", "second gives it up"]);
});

test("work that fails gives the lock up", async () => {
  const locks = createLocalLocks();
  await expect(locks.hold("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await locks.hold("a", async () => "next")).toBe("next");
});

test("who gives up the wait never has the lock, and lets nobody in too early", async () => {
  const locks = createLocalLocks();
  const log: string[] = [];
  const first = createWork("first", log);
  const third = createWork("third", log);
  const abort = new AbortController();
  const hold = locks.hold("a", first.work);
  const waiting = locks.hold("a", async () => expect.unreachable(), abort.signal);
  const last = locks.hold("a", third.work);
  abort.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await expect(locks.hold("a", async () => expect.unreachable(), abort.signal)).rejects.toThrow("enough");
  await settle();
  expect(log).toEqual(["first has it"]);

  first.end();
  third.end();
  expect(await Promise.all([hold, last])).toEqual(["first", "third"]);
});
