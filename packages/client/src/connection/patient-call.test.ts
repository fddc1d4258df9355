import { expect, test, vi } from "vitest";
import { CauserieError } from "../errors.ts";
import { patientCall } from "./patient-call.ts";

test("what cannot be begun fails with BAD_REQUEST and its cause, and leaves no timer and no listener", async () => {
  const stop = vi.fn<() => void>();
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, "removeEventListener");
  const call = patientCall({ now: () => 0, after: () => stop }, signal, () => {
    throw new TypeError("This is no JSON.");
  });
  const error: unknown = await call.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(CauserieError);
  expect(error).toMatchObject({ code: "BAD_REQUEST", cause: expect.any(TypeError) });
  expect(stop).toHaveBeenCalledTimes(1);
  expect(removed).toHaveBeenCalledTimes(1);
});
