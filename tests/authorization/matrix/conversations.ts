import { allBut, insiders, outsiders, signedIn } from "../actors.ts";
import type { CallRow } from "../row.ts";
import { forbidden, hidden, noSuchThing, ofThoseInIt, open, shown, signedOut } from "./cells.ts";
import { historyRow } from "./messages.ts";

/** What lists and snapshots name. */
const named: CallRow["targets"] = {
  "own group": shown,
  "own direct": shown,
  group: { ...signedOut, hidden: outsiders, shown: insiders },
  public: shown,
  "others' direct": hidden,
};
const finds: CallRow["finds"] = (
  { conversations }: { conversations: readonly { id: number }[] },
  { conversation_id },
) => conversations.some(({ id }) => id === conversation_id);
const listsNameWhatIs = "a list names what there is";

export const conversationsRows: readonly CallRow[] = [
  {
    type: "call",
    procedure: "bootstrap",
    rule: "Everybody gets what they may see.",
    targets: named,
    finds,
    fresh: "row",
    without: { missing: listsNameWhatIs },
  },
  {
    type: "call",
    procedure: "conversations.create",
    about: "a group",
    rule: "Everybody, with anybody.",
    input: ({ user_id }) => ({ kind: "group", name: "Équipe", member_ids: [user_id] }),
    targets: {
      oneself: open,
      "another person": open,
      "no person": { ...signedOut, VALIDATION_FAILED: signedIn },
    },
  },
  {
    type: "call",
    procedure: "conversations.create",
    about: "a direct one",
    rule: "Everybody, with anybody.",
    input: ({ user_id }) => ({ kind: "direct", member_ids: [user_id] }),
    targets: {
      oneself: open,
      "another person": open,
      "no person": { ...signedOut, VALIDATION_FAILED: signedIn },
    },
  },
  {
    type: "call",
    procedure: "conversations.create",
    about: "a public one",
    rule: "Everybody.",
    input: () => ({ kind: "public", name: "Annonces" }),
    targets: { oneself: open },
    without: { "other's": "it names nobody", missing: "it names nobody" },
  },
  {
    type: "call",
    procedure: "conversations.list",
    rule: "Everybody sees theirs and the public ones.",
    input: () => ({ limit: 100 }),
    targets: named,
    finds,
    fresh: "row",
    without: { missing: listsNameWhatIs },
  },
  {
    type: "call",
    procedure: "conversations.get",
    rule: "Those in it; a public one everybody signed in. To others it does not exist.",
    input: ({ conversation_id }) => ({ conversation_id }),
    targets: ofThoseInIt,
  },
  {
    type: "call",
    procedure: "conversations.update",
    rule: "Its owners and admins; of a public one also operators. A direct one has no name.",
    input: ({ conversation_id }) => ({ conversation_id, name: "Un autre nom" }),
    targets: {
      "own group": open,
      "own direct": forbidden,
      group: { ...signedOut, NOT_FOUND: outsiders, FORBIDDEN: ["member", "author"], ok: ["admin", "owner"] },
      public: {
        ...signedOut,
        FORBIDDEN: ["stranger", "ex-member", "member", "author"],
        ok: ["admin", "owner", "operator"],
      },
      lobby: { ...signedOut, FORBIDDEN: allBut("operator"), ok: ["operator"] },
      "others' direct": noSuchThing,
      "no conversation": noSuchThing,
    },
  },
  {
    type: "call",
    procedure: "conversations.join",
    rule: "A public one everybody signed in. Into a group its admins let people: to others it does not exist.",
    input: ({ conversation_id }) => ({ conversation_id }),
    targets: ofThoseInIt,
    fresh: "call",
  },
  {
    type: "call",
    procedure: "conversations.leave",
    rule: "Everybody leaves what they are in. A direct one cannot be left.",
    input: ({ conversation_id }) => ({ conversation_id }),
    targets: { ...ofThoseInIt, "own direct": forbidden },
    fresh: "call",
  },
  {
    type: "call",
    procedure: "conversations.history",
    about: "where",
    rule: "Those in it; a public one everybody signed in.",
    input: ({ conversation_id }) => ({ conversation_id }),
    targets: ofThoseInIt,
  },
  historyRow,
  {
    type: "call",
    procedure: "conversations.markRead",
    rule: "Those who may read it, for themselves. In public this joins it.",
    input: ({ conversation_id }) => ({ conversation_id, up_to_seq: 0 }),
    targets: ofThoseInIt,
    fresh: "call",
  },
  {
    type: "call",
    procedure: "typing.set",
    rule: "Those who may write in it, of themselves.",
    input: ({ conversation_id }) => ({ conversation_id, typing: true }),
    targets: ofThoseInIt,
  },
];
