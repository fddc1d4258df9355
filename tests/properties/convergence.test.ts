import { expect } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { trpcCalls } from "../support/trpc.ts";
import { startFollower, type Follower } from "./support/follower.ts";
import { createRandomOperations } from "./support/random-operations.ts";
import { testRandomly, type Random } from "./support/random.ts";
import { readEverything } from "./support/read-everything.ts";

const rounds = 25;
const theEnd = "the end";

testRandomly(
  "a snapshot and the events after it, cut anywhere, make what a fresh snapshot shows",
  3,
  async (random) => {
    await using server = await startTestServer();
    const people = await Promise.all(
      ["Ada", "Blaise", "Chloé", "Denis"].map((name) => createPerson(server.url, name)),
    );
    const operations = createRandomOperations(server, people, random);
    await operations.round(10);
    // The first of them has two devices.
    const owners = [people[0]!, ...people];
    const followers = await Promise.all(owners.map((person) => startFollower(server, person)));

    for (let round = 0; round < rounds; round += 1) {
      await Promise.all([
        operations.round(1 + random.below(8)),
        ...followers.map((follower) => disturb(follower, random)),
      ]);
    }
    expect(operations.done()).toBeGreaterThan(rounds);

    for (const follower of followers) follower.wake();
    // Everybody hears of it, so whoever does has heard of all that came before.
    await trpcCalls(server, people[0]!.token).messages.send.mutate({ receiver_id: null, content: theEnd });
    for (const [index, follower] of followers.entries()) {
      await expect.poll(() => follower.knows(theEnd), { timeout: 10_000 }).toBe(true);
      const { cursor: _cursor, ...fresh } = await readEverything(trpcCalls(server, owners[index]!.token));
      expect(follower.answers()).toEqual(fresh);
      expect(follower.faults).toEqual([]);
      await follower.close();
    }
  },
);

/** What happens to devices, at random: most of the time nothing. */
async function disturb(follower: Follower, random: Random): Promise<void> {
  const chance = random.below(100);
  if (chance < 15) follower.cut();
  else if (chance < 23) await follower.sleep();
  else if (chance < 40) follower.wake();
  else if (chance < 43) await follower.restart();
}
