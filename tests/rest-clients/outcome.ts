import { expect } from "vitest";

/** What each of the programs says that it got. */
export interface Outcome {
  readonly me: number;
  readonly first: { readonly status: number; readonly id: number };
  readonly again: { readonly status: number; readonly id: number; readonly duplicate: boolean };
  readonly messages: readonly { readonly content: string; readonly sender_id: number }[];
  readonly refusal: {
    readonly status: number;
    readonly code: string;
    readonly fields: readonly (readonly (string | number)[])[];
  };
}

/** All of them get the same, in whatever language. */
export function expectOutcome({ me, first, again, messages, refusal }: Outcome): void {
  expect(me).toBeGreaterThan(0);
  expect(first).toEqual({ status: 201, id: expect.any(Number) as number });
  expect(again).toEqual({ status: 200, id: first.id, duplicate: true });
  expect(messages).toEqual([{ content: "Bonjour", sender_id: me }]);
  expect(refusal).toEqual({ status: 422, code: "VALIDATION_FAILED", fields: [["body", "content"]] });
}
