import type { Stored } from "../checker/stored-messages.ts";
import type { Shown } from "./program.ts";

/** What a conversation's store shows otherwise than it is stored: a sentence for each. */
export function wrongsOf(name: string, shown: Shown, stored: Stored): string[] {
  const { conversation, messages, pending, hasOlder, listed } = shown;
  const where = `${name} shows conversation ${conversation}`;
  const all = stored.get(conversation) ?? [];
  const from = messages[0]?.seq ?? 1;
  const expected = all
    .filter(({ seq }) => seq >= from)
    .map(({ seq, client_message_id: key }) => `${seq} ${key}`);
  const items = messages.map(({ seq, key }) => `${seq} ${key}`);
  const wrongs: string[] = [];
  if (items.join() !== expected.join())
    wrongs.push(`${where} as ${items.join()} instead of ${expected.join()}`);
  if (hasOlder !== from > 1)
    wrongs.push(`${where} from ${from}, and ${hasOlder ? "" : "not "}as if there were more`);
  if (pending > 0) wrongs.push(`${where} with ${pending} messages on their way`);
  const last = all.at(-1)?.seq ?? 0;
  if (listed !== null && listed !== last)
    wrongs.push(`${where} in the list as if ${listed} were the last, not ${last}`);
  return wrongs;
}
