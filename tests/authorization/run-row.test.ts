import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signedIn } from "./actors.ts";
import { noSuchThing, signedOut } from "./matrix/cells.ts";
import type { CallRow } from "./row.ts";
import { runRow, type Run } from "./run-row.ts";
import { openStage, type Stage } from "./stage.ts";
import { createSubjects } from "./subjects.ts";
import { openSurfaces, type Surface } from "./surfaces.ts";

let stage: Stage;
let run: Run;
beforeAll(async () => {
  stage = await openStage();
  run = { stage, surfaces: openSurfaces(stage.server), subjects: createSubjects(stage) };
});
afterAll(async () => {
  for (const surface of run.surfaces) await surface[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const get: CallRow = {
  type: "call",
  procedure: "conversations.get",
  rule: "An example.",
  input: ({ conversation_id }) => ({ conversation_id }),
  targets: { "others' direct": noSuchThing, "no conversation": noSuchThing },
};

/** The surfaces, with another answer of REST to a call about `id`. */
function changed(id: number | undefined, change: Partial<Awaited<ReturnType<Surface["call"]>>>): Surface[] {
  return run.surfaces.map((surface) => ({
    ...surface,
    async call(procedure, input, token) {
      const answer = await surface.call(procedure, input, token);
      const meant = surface.name === "REST" && (input as { conversation_id: number }).conversation_id === id;
      return answer && meant ? { ...answer, ...change } : answer;
    },
  }));
}

describe("a run of the matrix reports", () => {
  it("nothing when all is as it says", async () => {
    expect(await runRow(run, get)).toEqual([]);
  });

  it("who got what instead, about what, over which surface", async () => {
    const wrong = { ...signedOut, NOT_FOUND: signedIn.slice(1), FORBIDDEN: ["stranger"] } as const;
    expect(await runRow(run, { ...get, targets: { "no conversation": wrong } })).toEqual([
      "conversations.get · stranger · no conversation · tRPC over HTTP: expected FORBIDDEN, got NOT_FOUND",
      "conversations.get · stranger · no conversation · tRPC over WebSocket: expected FORBIDDEN, got NOT_FOUND",
      "conversations.get · stranger · no conversation · REST: expected FORBIDDEN, got NOT_FOUND",
    ]);
  });

  it("a surface that decides differently", async () => {
    const { conversation_id } = await run.subjects.find({ target: "others' direct", actor: "member" });
    const surfaces = changed(conversation_id, { outcome: "FORBIDDEN" });
    const lines = await runRow({ ...run, surfaces }, { ...get, targets: { "others' direct": noSuchThing } });
    expect(lines).toContain(
      "conversations.get · member · others' direct · REST: expected NOT_FOUND, got FORBIDDEN",
    );
    expect(lines.filter((line) => !line.includes("REST"))).toEqual([]);
  });

  it("a refusal that differs from that of what does not exist", async () => {
    const { conversation_id } = await run.subjects.find({ target: "others' direct", actor: "member" });
    const surfaces = changed(conversation_id, { seen: "something else" });
    const lines = await runRow({ ...run, surfaces }, get);
    expect(lines).toHaveLength(8);
    expect(lines[1]).toContain("stranger · no conversation · REST: can be told from");
  });

  it("a refused call that changed something", async () => {
    const send: CallRow = {
      ...get,
      procedure: "messages.send",
      input: ({ conversation_id }) => ({ conversation_id, content: "Bonjour" }),
      targets: { group: { ...signedOut, NOT_FOUND: signedIn } },
    };
    const lines = await runRow(run, send);
    expect(lines).toContain("messages.send · member · group · REST: expected NOT_FOUND, got ok");
    expect(lines).toContain("messages.send: a refused call changed messages");
    expect(lines).toContain("messages.send: a refused call changed events");
  });
});
