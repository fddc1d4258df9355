import { expect, test } from "vitest";
import type { Entry } from "../stage/history.ts";
import type { World } from "../stage/world.ts";
import { check } from "./check.ts";
import type { StoredMessage } from "./stored-messages.ts";
import { noCounts, type Counts } from "./verdict.ts";

const actor = { id: 1, email: "", token: "", cursor: "" };
const world: World = { people: [actor, actor], places: [{ id: 1, kind: "group", members: [0] }] };
const readers = [
  { name: "member", person: 0 },
  { name: "stranger", person: 1 },
];

const send = (n: number): Entry => ({ kind: "send", t: n, writer: "w", key: `w.${n}`, conversation: 1, n });
const ok = (n: number, seq = n): Entry => ({ kind: "outcome", t: n, key: `w.${n}`, outcome: "ok", seq });
const failed = (n: number): Entry => ({ kind: "outcome", t: n, key: `w.${n}`, outcome: "failed" });
const unknown = (n: number): Entry => ({ kind: "outcome", t: n, key: `w.${n}`, outcome: "unknown" });
const saw = (n: number, seq = n, reader = "member"): Entry => {
  return { kind: "seen", t: n, reader, conversation: 1, seq, key: `w.${n}`, cursor: "" };
};
const stored = (...keys: readonly [seq: number, n: number][]): StoredMessage[] =>
  keys.map(([seq, n]) => ({ seq, sender_id: 1, client_message_id: `w.${n}`, content: `w.${n} x` }));

const sent = [send(1), send(2), send(3)];
const acknowledged = [ok(1), ok(2), ok(3)];
const seen = [saw(1), saw(2), saw(3)];
const asSent = stored([1, 1], [2, 2], [3, 3]);

function countsOf(
  entries: readonly Entry[],
  messages: readonly StoredMessage[],
  exits: readonly string[] = [],
) {
  return check({ entries, stored: new Map([[1, messages]]), world, readers, exits }).counts;
}

test("nothing is wrong when all that was acknowledged is stored and seen once, in order", () => {
  expect(countsOf([...sent, ...acknowledged, ...seen], asSent)).toEqual({ ...noCounts(), acknowledged: 3 });
});

test("a send of unknown outcome may be stored or not", () => {
  expect(countsOf([...sent, ok(1), ok(2), unknown(3), ...seen], asSent)).toEqual({
    ...noCounts(),
    acknowledged: 2,
  });
  const without = [...sent, ok(1), ok(2), unknown(3), saw(1), saw(2)];
  expect(countsOf(without, stored([1, 1], [2, 2]))).toEqual({ ...noCounts(), acknowledged: 2 });
});

const two = stored([1, 1], [2, 2]);
const wrong: readonly [string, Partial<Counts>, readonly Entry[], readonly StoredMessage[]][] = [
  ["an acknowledged message is not there", { lost: 1 }, [...acknowledged, saw(1), saw(2)], two],
  ["it is there under another seq", { lost: 1 }, [ok(1), ok(2), ok(3, 4), ...seen], asSent],
  ["a message that somebody saw is not there", { lost: 1 }, [ok(1), ok(2), unknown(3), ...seen], two],
  [
    "a message is stored twice",
    { doubled: 1 },
    [...acknowledged, ...seen, saw(3, 4)],
    stored([1, 1], [2, 2], [3, 3], [4, 3]),
  ],
  ["a reader sees one twice", { doubled: 1 }, [...acknowledged, ...seen, saw(2)], asSent],
  [
    "a later send is stored before an earlier one",
    { misordered: 1 },
    [ok(1, 2), ok(2, 1), ok(3), saw(2, 1), saw(1, 2), saw(3)],
    stored([1, 2], [2, 1], [3, 3]),
  ],
  ["a reader sees a later one first", { misordered: 1 }, [...acknowledged, saw(1), saw(3), saw(2)], asSent],
  [
    "a seq is missing",
    { gaps: 1 },
    [ok(1), ok(2), ok(3, 4), saw(1), saw(2), saw(3, 4)],
    stored([1, 1], [2, 2], [4, 3]),
  ],
  ["a reader misses one", { unseen: 1 }, [...acknowledged, saw(1), saw(3)], asSent],
  [
    "a reader has to start afresh",
    { unseen: 1 },
    [...acknowledged, ...seen, { kind: "reset", t: 0, reader: "member", reason: "too_old" }],
    asSent,
  ],
  ["a stranger sees one", { leaked: 1 }, [...acknowledged, ...seen, saw(3, 3, "stranger")], asSent],
  ["a refused one is stored", { phantom: 1 }, [ok(1), ok(2), failed(3), ...seen], asSent],
  [
    "one is stored that nobody sent",
    { phantom: 1 },
    [...acknowledged, ...seen, saw(9, 4)],
    stored([1, 1], [2, 2], [3, 3], [4, 9]),
  ],
];

test.each(wrong)("%s: it is counted", (_what, expected, entries, messages) => {
  const { acknowledged: _a, refused: _r, ...counts } = countsOf([...sent, ...entries], messages);
  const { acknowledged: _b, refused: _s, ...none } = noCounts();
  expect(counts).toEqual({ ...none, ...expected });
});

test("an end of the server that nobody asked for is counted", () => {
  expect(countsOf([...sent, ...acknowledged, ...seen], asSent, ["code 1"]).exits).toBe(1);
});
