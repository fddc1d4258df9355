import { beforeAll, describe, expect } from "vitest";
import { runMain } from "../support/run-main.ts";
import { transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Admin", "Somebody"], { BROADCAST: "admins" });

beforeAll(async () => {
  const { server, people } = world;
  const { code } = await runMain(server.storage.env, ["admin", "add", people[0]!.email]);
  expect(code).toBe(0);
});

describe.each(transports)("a server where only administrators may broadcast, over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("refuses everybody else", ["broadcast"], async () => {
    const somebody = await as(world.people[1]!);
    await expectRefusal(somebody.call("broadcast", { message: "to all" }), "FORBIDDEN");
  });

  it("lets an administrator", ["broadcast"], async () => {
    const admin = await as(world.people[0]!);
    expect(await admin.call("broadcast", { message: "to all" })).toMatchObject({ status: "sent" });
  });
});
