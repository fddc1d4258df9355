import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "./actors.ts";
import { callRows } from "./matrix/index.ts";
import { procedureNamed, procedures, type Schema } from "./procedures.ts";
import type { CallRow } from "./row.ts";
import { openStage, type Stage } from "./stage.ts";
import { createSubjects } from "./subjects.ts";
import { openSurfaces, type Surface } from "./surfaces.ts";
import type { TargetName } from "./targets.ts";

interface ObjectDef {
  readonly shape?: Record<string, Schema>;
  readonly catchall?: Schema;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly options?: Schema[];
}

/** Each object within a schema, with the way to it. */
function objectsIn(schema: Schema, way: string): (readonly [string, ObjectDef])[] {
  const def = schema._zod.def as ObjectDef & { readonly type: string };
  const inner = [def.innerType, def.element, def.in, def.out, ...(def.options ?? [])];
  return [
    ...(def.type === "object" ? [[way, def] as const] : []),
    ...inner.flatMap((part) => (part ? objectsIn(part, way) : [])),
    ...Object.entries(def.shape ?? {}).flatMap(([name, field]) => objectsIn(field, `${way}.${name}`)),
  ];
}

const all = [...procedures.values()];

describe("what goes in and out", () => {
  it("every input refuses fields that it does not name, at every depth", () => {
    const loose = all.flatMap(({ name, inputs }) =>
      inputs
        .flatMap((input) => objectsIn(input, name))
        .filter(([, { catchall }]) => catchall?._zod.def.type !== "never"),
    );
    expect(loose.map(([way]) => way)).toEqual([]);
  });

  it("every query and mutation says what it answers, so that nothing else gets out", () => {
    const calls = all.filter(({ type }) => type !== "subscription");
    expect(calls.filter(({ output }) => !output).map(({ name }) => name)).toEqual([]);
  });

  it("an answer holds no hash, and an e-mail address only of the caller", () => {
    const named = all.flatMap(({ name, output }) =>
      output
        ? objectsIn(output, name).flatMap(([way, { shape }]) =>
            Object.keys(shape ?? {}).map((key) => `${way}.${key}`),
          )
        : [],
    );
    expect(named.filter((key) => /hash|secret|password/.test(key))).toEqual([]);
    expect(named.filter((key) => key.endsWith(".email"))).toEqual([
      "bootstrap.user.email",
      "auth.register.email",
      "auth.me.email",
      "users.me.email",
      "users.updateMe.email",
    ]);
  });
});

const protectedFields = ["id", "sender_id", "created_at", "is_admin", "constructor", "__proto__"];

describe("fields that nobody asked for are refused on every surface, and nothing is changed", () => {
  let stage: Stage;
  let surfaces: readonly Surface[];
  beforeAll(async () => {
    stage = await openStage();
    surfaces = openSurfaces(stage.server);
  });
  afterAll(async () => {
    for (const surface of surfaces) await surface[Symbol.asyncDispose]();
    await stage[Symbol.asyncDispose]();
  });

  const rows = new Map(callRows.map((row) => [row.procedure, row]));
  // A sign-in with a cookie is refused before its input is read: these calls come from no page.
  const reading = [...rows.values()].filter((row) => row.procedure !== "auth.cookie.login");

  it.each(reading.map((row): [string, CallRow] => [row.procedure, row]))("%s", async (name, row) => {
    const [target] = Object.keys(row.targets) as TargetName[];
    const call = { target: target ?? "oneself", actor: "owner" as Actor };
    const subject = await createSubjects(stage).make(call);
    const input = JSON.stringify(row.input?.(subject, stage.idsFor(call.actor)) ?? {});
    const carrying = surfaces.filter((surface) => !row.notOver?.[surface.name]);

    const before = await stage.stored.snapshot();
    for (const surface of carrying) {
      for (const field of protectedFields) {
        // Written as text, because an assignment to __proto__ makes no field.
        const more = `${input.slice(0, -1)}${input === "{}" ? "" : ","}"${field}":1}`;
        const poisoned = JSON.parse(more) as object;
        const answer = await surface.call(procedureNamed(name), poisoned, await stage.tokenOf(call.actor));
        expect(answer?.outcome, `${surface.name}: ${field}`).toBe("VALIDATION_FAILED");
        expect(answer?.seen).toContain(field);
      }
    }
    expect(await stage.stored.snapshot()).toEqual(before);
  });
});
