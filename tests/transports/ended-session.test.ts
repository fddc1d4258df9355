import { initTRPC } from "@trpc/server";
import { expect, test } from "vitest";
import { describeError } from "../../packages/server/src/rpc/describe-error.ts";
import { openFrames } from "../support/frames.ts";
import { serveRouter } from "../support/router-sockets.ts";

/** A router whose mutations wait, after they were let in, until the gate of their number opens. */
function createGatedRouter(count: number) {
  const gates = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const stored: number[] = [];
  let entered = 0;
  const trpc = initTRPC.create({ isDev: false });
  const router = trpc.router({
    save: trpc.procedure
      .use(async ({ next }) => {
        const gate = gates[entered];
        entered += 1;
        await gate?.promise;
        return next();
      })
      .input((value: unknown) => value as number)
      .mutation(({ input }) => stored.push(input)),
  });
  return { router, gates, stored, entered: () => entered };
}

test("what waits for its turn when the session ends is not written, what had its turn is", async () => {
  const count = 10;
  const { router, gates, stored, entered } = createGatedRouter(count);
  await using server = await serveRouter(router);
  const socket = await openFrames(`${server.wsUrl}/trpc`);
  for (let id = 0; id < count; id += 1)
    socket.send({ id, method: "mutation", params: { path: "save", input: id } });
  await expect.poll(entered).toBe(count);
  // The fourth holds up those behind it, which are all through but for their turn.
  for (const n of [0, 1, 2, 4, 5, 6, 7, 8, 9]) gates[n]?.resolve();
  await expect.poll(() => socket.frames.length).toBe(3);

  server.connections[0]?.endSession("ended");
  gates[3]?.resolve();
  expect(await socket.closed()).toBe(4401);
  await expect.poll(() => server.failures.length).toBe(count - 3);
  expect(new Set(server.failures.map(({ error }) => describeError(error).code))).toEqual(
    new Set(["UNAUTHORIZED"]),
  );
  expect(stored).toEqual([0, 1, 2]);
});
