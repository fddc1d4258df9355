import { setTimeout as pause } from "node:timers/promises";
import type { Entry } from "../stage/history.ts";
import { mustCall } from "../stage/api.ts";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

/** Who is taken out of the group, who is signed out, and who stays. */
const removed = 3;
const signedOut = 4;
const staying = "socket-1";
const endsWithinMs = 2_000;

/** A member is removed, and a session ended, while messages are sent. */
export const memberRemoved: Fault = {
  name: "member-removed",
  what: "A member is removed from a group, and somebody else is signed out, while messages are sent",
  demand:
    "of what is committed after the removal, they see nothing; a session's socket gets nothing 2 s after its end",
  runs: 50,
  lanes: 2,
  run: (seed) =>
    runOnStage(seed, {}, async (stage, { fault, measure }) => {
      const { server, history, world, random } = stage;
      const [group] = world.places;
      await server.start();
      const readers = await startReaders(stage);
      // Whoever is signed out cannot learn what became of their sends.
      const writers = startWriters(
        { ...stage, world: { ...world, people: world.people.slice(0, removed + 1) } },
        { writers: 8, inFlight: 3 },
      );
      await acknowledgedMore(stage, 20);
      await pause(random.below(500));
      history.add({ kind: "nemesis", what: "remove and sign out" });
      const path = `/conversations/${group!.id}/members/${world.people[removed]!.id}`;
      await Promise.all([
        mustCall(server.url, world.people[0]!.token, "DELETE", path),
        mustCall(server.url, world.people[signedOut]!.token, "POST", "/auth/logout"),
      ]);
      const over = history.now();
      await acknowledgedMore(stage, 100);
      await pause(endsWithinMs + 200);
      await stopWriters(writers);

      const verdict = await judge(
        stage,
        readers.filter(({ person }) => person !== removed && person !== signedOut),
      );
      const apart = readers.filter(({ person }) => person === removed || person === signedOut);
      await Promise.all(apart.map((reader) => reader.stop()));
      measure("messages seen before the removal", judgeRemoved(history.entries, group!.id, fault));
      const late = history.entries.filter(
        (entry) =>
          entry.kind === "seen" && entry.reader === `socket-${signedOut}` && entry.t > over + endsWithinMs,
      );
      if (late.length > 0) fault(`${late.length} messages came 2 s after the session had ended`);
      return verdict;
    }),
};

/**
 * Events come in the order of their commits, so who stays sees which message was the last before
 * the removal. Who goes saw a beginning of what led up to it, without a gap, and nothing after it.
 */
function judgeRemoved(entries: readonly Entry[], group: number, fault: (sentence: string) => void): number {
  const last = seqsOf(entries, staying, group, "until the removal");
  const seen = seqsOf(entries, `socket-${removed}`, group, "to the end");
  if (seen.some((seq, index) => seq !== index + 1)) fault(`the removed member saw ${seen.join()}`);
  if (seen.length > last.length) {
    fault(`the removed member saw ${seen.length} messages, of which ${last.length} were before the removal`);
  }
  return seen.length;
}

function seqsOf(
  entries: readonly Entry[],
  reader: string,
  group: number,
  how: "until the removal" | "to the end",
) {
  const seqs: number[] = [];
  for (const entry of entries) {
    if (!("reader" in entry) || entry.reader !== reader || !("conversation" in entry)) continue;
    if (entry.conversation !== group) continue;
    if (entry.kind === "left" && how === "until the removal") break;
    if (entry.kind === "seen") seqs.push(entry.seq);
  }
  return seqs;
}
