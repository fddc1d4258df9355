import { anonymous, insiders, outsiders, signedIn } from "../actors.ts";
import type { CallRow, Cells } from "../row.ts";

/** What most rows say of one target or another. Nobody gets anywhere without a token. */

export const signedOut = { UNAUTHORIZED: anonymous } as const satisfies Cells;

export const open: Cells = { ...signedOut, ok: signedIn };
export const forbidden: Cells = { ...signedOut, FORBIDDEN: signedIn };
export const noSuchThing: Cells = { ...signedOut, NOT_FOUND: signedIn };
export const shown: Cells = { ...signedOut, shown: signedIn };
export const hidden: Cells = { ...signedOut, hidden: signedIn };

/** Open to those in the conversation; to others it does not exist. */
export const forInsiders: Cells = { ...signedOut, NOT_FOUND: outsiders, ok: insiders };

/** What those in a conversation may do, and in public everybody. */
export const ofThoseInIt: CallRow["targets"] = {
  "own group": open,
  "own direct": open,
  group: forInsiders,
  public: open,
  "others' direct": noSuchThing,
  "no conversation": noSuchThing,
};
