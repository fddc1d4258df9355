import type { LogRow } from "../../support/log-table.ts";

/** A time that somebody was in a group, in places of the log. */
export interface Stay {
  readonly from: number;
  /** The first place that is no longer theirs. */
  readonly to: number;
  /** Messages up to this `seq` are not theirs. */
  readonly since: number;
}

/** What the log says of a group: who was in it where, and where its messages are. */
export interface MembershipLog {
  /** All entries about the group that its members of the time may see. */
  readonly entries: readonly LogRow[];
  /** The `seq` that the message of an entry has. */
  seqOf(row: LogRow): number;
  stayAt(userId: number, position: number): Stay | undefined;
  stays(userId: number): readonly Stay[];
}

/** `histories` says of each user, in order, what they were let in with. */
export function readMembershipLog(
  log: readonly LogRow[],
  groupId: number,
  founders: readonly number[],
  histories: ReadonlyMap<number, readonly ("none" | "all")[]>,
): MembershipLog {
  const entries = log.filter(({ audience }) => audience === `c:${groupId}`);
  const seqs = new Map<number, number>();
  const stays = new Map<number, Stay[]>();
  const stay = (userId: number, from: number, since: number) =>
    stays.set(userId, [...(stays.get(userId) ?? []), { from, to: Infinity, since }]);

  for (const { type, position, subject_id, member_id } of entries) {
    const userId = member_id ?? 0;
    const earlier = stays.get(userId) ?? [];
    if (type === "conversation.created") for (const founder of founders) stay(founder, position, 0);
    if (type === "message.created") seqs.set(subject_id, seqs.size + 1);
    if (type === "member.joined")
      stay(userId, position, histories.get(userId)?.[earlier.length] === "all" ? 0 : seqs.size);
    if (type === "member.left") {
      const last = earlier.at(-1);
      if (last) stays.set(userId, [...earlier.slice(0, -1), { ...last, to: position }]);
    }
  }
  return {
    entries,
    seqOf: ({ subject_id }) => seqs.get(subject_id) ?? 0,
    stays: (userId) => stays.get(userId) ?? [],
    stayAt: (userId, position) =>
      stays.get(userId)?.find(({ from, to }) => from <= position && position < to),
  };
}
