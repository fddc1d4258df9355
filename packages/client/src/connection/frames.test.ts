import { limits } from "@causerie/shared";
import { expect, test } from "vitest";
import { createFrames } from "./frames.ts";
import { byteLength, mostBytes, mostMessages } from "./wire-limits.ts";

function post(messages: readonly string[]): { readonly frames: string[]; readonly sent: Promise<void> } {
  const frames: string[] = [];
  const add = createFrames((frame) => frames.push(frame));
  for (const message of messages) add(message, byteLength(message));
  return { frames, sent: Promise.resolve() };
}

test("knows the limits of the server", () => {
  expect([mostBytes, mostMessages]).toEqual([limits.frameBytes, limits.socketBatchSize]);
  expect(mostBytes).toBe(limits.bodyBytes);
});

test("one message of a turn goes out by itself, several as one array, in order", async () => {
  const one = post(['{"id":1}']);
  await one.sent;
  expect(one.frames).toEqual(['{"id":1}']);

  const several = post(['{"id":1}', '{"id":2}', '{"id":3}']);
  expect(several.frames).toEqual([]);
  await several.sent;
  expect(several.frames).toEqual(['[{"id":1},{"id":2},{"id":3}]']);
});

test("what comes in a later turn goes out in a frame of its own", async () => {
  const frames: string[] = [];
  const add = createFrames((frame) => frames.push(frame));
  for (const message of ["1", "2"]) {
    add(message, 1);
    await Promise.resolve();
  }
  expect(frames).toEqual(["1", "2"]);
});

test("no frame holds more messages than the server takes", async () => {
  const messages = Array.from({ length: 2 * mostMessages + 1 }, (_, id) => String(id));
  const { frames, sent } = post(messages);
  await sent;
  const counts = frames.map((frame) => [JSON.parse(frame)].flat().length);
  expect(counts).toEqual([mostMessages, mostMessages, 1]);
});

test("no frame is larger than the server takes, and none smaller than it has to be", async () => {
  /** JSON of so many bytes, with characters of two bytes. */
  const text = (bytes: number) => JSON.stringify("é".repeat((bytes - 2) / 2));
  // Two messages, a comma and two brackets.
  const half = (mostBytes - 3) / 2 - 0.5;
  const fits = post([text(half), text(half)]);
  await fits.sent;
  expect(fits.frames.map(byteLength)).toEqual([2 * half + 3]);

  const fitsNot = post([text(half), text(half + 2), text(mostBytes), text(10)]);
  await fitsNot.sent;
  expect(fitsNot.frames.map(byteLength)).toEqual([half, half + 2, mostBytes, 10]);
});
