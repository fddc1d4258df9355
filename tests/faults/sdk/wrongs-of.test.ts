import { expect, test } from "vitest";
import type { Stored } from "../checker/stored-messages.ts";
import type { Shown } from "./program.ts";
import { wrongsOf } from "./wrongs-of.ts";

const stored: Stored = new Map([
  [1, [1, 2, 3].map((seq) => ({ seq, sender_id: 1, client_message_id: `w.${seq}`, content: `w.${seq} x` }))],
]);
const messages = [1, 2, 3].map((seq) => ({ seq, key: `w.${seq}` }));
const right: Shown = { conversation: 1, messages, pending: 0, hasOlder: false, listed: 3 };
const [first, second, third] = messages;

test("a store that shows all that is stored, or the end of it, is right", () => {
  expect(wrongsOf("c", right, stored)).toEqual([]);
  expect(wrongsOf("c", { ...right, messages: messages.slice(1), hasOlder: true }, stored)).toEqual([]);
  const empty = { conversation: 2, messages: [], pending: 0, hasOlder: false, listed: 0 };
  expect(wrongsOf("c", empty, stored)).toEqual([]);
});

test.each<[string, Partial<Shown>]>([
  ["lacks the last", { messages: messages.slice(0, 2) }],
  ["lacks one in the middle", { messages: [first!, third!] }],
  ["shows one twice", { messages: [first!, second!, second!, third!] }],
  ["shows them in another order", { messages: [first!, third!, second!] }],
  ["shows another message", { messages: [first!, { seq: 2, key: "w.9" }, third!] }],
  ["shows nothing", { messages: [] }],
  ["still shows one on its way", { pending: 1 }],
  ["says that there is more before the first", { hasOlder: true }],
  ["says that there is no more before the second", { messages: messages.slice(1) }],
  ["lists an older one as the last", { listed: 2 }],
])("a store is wrong that %s", (_what, wrong) => {
  expect(wrongsOf("c", { ...right, ...wrong }, stored)).toHaveLength(1);
});
