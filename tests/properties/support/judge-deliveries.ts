import { expect } from "vitest";
import type { MembershipLog } from "./membership-log.ts";
import type { Recorded, Recorder } from "./recorder.ts";

/** Holds what somebody was told against the log: nothing that was not theirs, and all that was. */
export function judgeDeliveries({ person, recorded }: Recorder, group: number, log: MembershipLog): void {
  const told = recorded();
  expectInOrder(told);
  const audienceOf = ({ position }: Recorded) => log.rowAt(position)?.audience ?? "not in the log";

  const known = ["*", `u:${person.id}`, `c:${group}`];
  expect(told.filter((item) => !known.includes(audienceOf(item)))).toEqual([]);

  const ofGroup = told.filter((item) => audienceOf(item) === `c:${group}`);
  const notTheirs = ofGroup.filter(({ position, event }) => {
    const stay = log.stayAt(person.id, position);
    return !stay || ("message" in event && event.message.seq <= stay.since);
  });
  expect(notTheirs).toEqual([]);

  // From where they last came in, they were a member throughout.
  const last = log.stays(person.id).at(-1);
  if (last?.to !== Infinity) return;
  const due = log.messages.filter((row) => row.position >= last.from && log.seqOf(row) > last.since);
  const got = ofGroup.flatMap(({ position, event }) =>
    "message" in event && position >= last.from ? { position, seq: event.message.seq } : [],
  );
  expect(got).toEqual(due.map((row) => ({ position: row.position, seq: log.seqOf(row) })));
}

/** Events come once each, in the order of their places. */
export function expectInOrder(told: readonly Recorded[]): void {
  const positions = told.map(({ position }) => position);
  expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
}
