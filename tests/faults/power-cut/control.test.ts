import process from "node:process";
import { expect, test } from "vitest";
import { whyNoPowerCut } from "./compile-shim.ts";
import { cutControl } from "./control.ts";

const why = whyNoPowerCut();
if (why !== undefined) process.stderr.write(`Skipped, power cuts: ${why}.\n`);

test.skipIf(why !== undefined).each(["OFF", "NORMAL"] as const)(
  "the simulated power cut takes acknowledged rows from a program that commits at %s",
  { timeout: 60_000 },
  async (synchronous) => {
    const { acknowledged, lost, integrity } = await cutControl(synchronous, 300);
    expect(integrity).toBe("ok");
    expect(acknowledged).toBeGreaterThan(200);
    expect(lost).toBeGreaterThan(0);
  },
);

test.skipIf(why !== undefined)(
  "it takes none from one that commits at FULL",
  { timeout: 60_000 },
  async () => {
    const { acknowledged, lost, integrity } = await cutControl("FULL", 300);
    expect({ lost, integrity }).toEqual({ lost: 0, integrity: "ok" });
    expect(acknowledged).toBeGreaterThan(200);
  },
);
