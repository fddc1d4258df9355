import type { LogRow } from "../../support/log-table.ts";
import type { Histories } from "./busy-group.ts";

/** A time that somebody was in a group, in places of the log. */
export interface Stay {
  readonly from: number;
  /** The first place that is no longer theirs; Infinity while they are in. */
  readonly to: number;
  /** Messages up to this `seq` are not theirs. */
  readonly since: number;
}

/** What the log says of a group: who was in it where, and where its messages are. */
export interface MembershipLog {
  /** The entry at a place, about the group or not. */
  rowAt(position: number): LogRow | undefined;
  /** The entries about the group's messages. */
  readonly messages: readonly LogRow[];
  /** The `seq` that the message of an entry has. */
  seqOf(row: LogRow): number;
  stays(userId: number): readonly Stay[];
  stayAt(userId: number, position: number): Stay | undefined;
}

export function readMembershipLog(
  log: readonly LogRow[],
  groupId: number,
  founders: readonly number[],
  histories: Histories,
): MembershipLog {
  const rows = new Map(log.map((row) => [row.position, row]));
  const entries = log.filter(({ audience }) => audience === `c:${groupId}`);
  const seqs = new Map<number, number>();
  const stays = new Map<number, Stay[]>();
  const staysOf = (userId: number) => stays.get(userId) ?? [];
  const enter = (userId: number, from: number, since: number) =>
    stays.set(userId, [...staysOf(userId), { from, to: Infinity, since }]);

  for (const { type, position, subject_id, member_id } of entries) {
    const userId = member_id ?? 0;
    if (type === "conversation.created") for (const founder of founders) enter(founder, position, 0);
    if (type === "message.created") seqs.set(subject_id, seqs.size + 1);
    if (type === "member.joined") {
      const history = histories.get(userId)?.[staysOf(userId).length];
      enter(userId, position, history === "all" ? 0 : seqs.size);
    }
    if (type === "member.left") {
      const ended = staysOf(userId).map((stay) => (stay.to === Infinity ? { ...stay, to: position } : stay));
      stays.set(userId, ended);
    }
  }
  return {
    rowAt: (position) => rows.get(position),
    messages: entries.filter(({ type }) => type.startsWith("message.")),
    seqOf: ({ subject_id }) => seqs.get(subject_id) ?? 0,
    stays: staysOf,
    stayAt: (userId, position) => staysOf(userId).find(({ from, to }) => from <= position && position < to),
  };
}
