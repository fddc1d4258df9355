import { describe, expect, it } from "vitest";
import { signedIn } from "./actors.ts";
import { gapsOf } from "./gaps.ts";
import { callRows, matrix, streamRows } from "./matrix/index.ts";
import { procedures } from "./procedures.ts";
import type { CallRow } from "./row.ts";

const names = [...procedures.keys()];
const kinds = ["query", "mutation"];

it("the matrix says of every procedure what every actor gets, once", () => {
  expect(gapsOf(matrix, names)).toEqual([]);
});

it("calls have rows of calls, subscriptions have rows of streams", () => {
  for (const row of callRows) expect(kinds, row.procedure).toContain(procedures.get(row.procedure)?.type);
  for (const row of streamRows) expect(procedures.get(row.procedure)?.type).toBe("subscription");
});

it("a procedure has a REST route or its row says why it has none", () => {
  for (const { procedure, notOver } of callRows) {
    const routed = procedures.get(procedure)?.route !== undefined;
    expect(notOver?.REST?.answer === "no route", procedure).toBe(!routed);
  }
});

describe("a gap is found:", () => {
  const row: CallRow = {
    type: "call",
    procedure: "messages.read",
    rule: "Nobody.",
    targets: {
      oneself: { UNAUTHORIZED: ["anonymous"], ok: signedIn },
      "others' direct": { UNAUTHORIZED: ["anonymous"], NOT_FOUND: signedIn },
    },
    without: { missing: "an example" },
  };
  const gaps = (wrong: Partial<CallRow>) => gapsOf([{ ...row, ...wrong }], ["messages.read"]);

  it("none where there is none", () => expect(gaps({})).toEqual([]));

  it("a procedure without a row, a row without a procedure", () => {
    expect(gapsOf([row], ["messages.burn"])).toEqual([
      "messages.burn has no row",
      "messages.read is no procedure",
    ]);
  });

  it("an actor who is not spoken of, or twice", () => {
    const others = row.targets["others' direct"]!;
    expect(gaps({ targets: { oneself: { ok: signedIn }, "others' direct": others } })).toEqual([
      "messages.read: oneself says nothing of anonymous",
    ]);
    const twice = { ...row.targets.oneself, FORBIDDEN: ["owner"] } as const;
    expect(gaps({ targets: { oneself: twice, "others' direct": others } })).toEqual([
      "messages.read: oneself says too much of owner",
    ]);
  });

  it("a kind of target that is passed over in silence", () => {
    expect(gaps({ without: {} })).toEqual(["messages.read: missing needs cells or a reason why it has none"]);
  });

  it("a stranger who is told more than that there is nothing", () => {
    const targets: CallRow["targets"] = {
      ...row.targets,
      group: { UNAUTHORIZED: ["anonymous"], FORBIDDEN: ["stranger"], ok: signedIn.slice(1) },
    };
    expect(gaps({ targets })).toEqual([
      "messages.read: group betrays to stranger that it exists",
      "messages.read: group betrays to ex-member that it exists",
      "messages.read: group betrays to operator that it exists",
    ]);
  });
});
