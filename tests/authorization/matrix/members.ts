import { allBut, outsiders } from "../actors.ts";
import type { CallRow, Cells } from "../row.ts";
import { forbidden, forInsiders, noSuchThing, open, signedOut, ofThoseInIt } from "./cells.ts";

/** Where nobody is added or removed, and no role given. */
const elsewhere: CallRow["targets"] = {
  "own direct": forbidden,
  "others' direct": noSuchThing,
  "no conversation": noSuchThing,
};

const forAdmins: Cells = {
  ...signedOut,
  NOT_FOUND: outsiders,
  FORBIDDEN: ["member", "author"],
  ok: ["admin", "owner"],
};
const forOwners: Cells = {
  ...signedOut,
  NOT_FOUND: outsiders,
  FORBIDDEN: ["member", "author", "admin"],
  ok: ["owner"],
};
const inTheGroupOnly = {
  own: "who is named is in the group of the row's target only",
  missing: "said by the row about a member",
};

export const membersRows: readonly CallRow[] = [
  {
    type: "call",
    procedure: "conversations.members.list",
    rule: "Those who may read the conversation.",
    input: ({ conversation_id }) => ({ conversation_id }),
    targets: ofThoseInIt,
  },
  {
    type: "call",
    procedure: "conversations.members.add",
    rule: "The owners and admins of a group.",
    input: ({ conversation_id }, { friend }) => ({ conversation_id, user_ids: [friend] }),
    targets: { ...elsewhere, "own group": open, group: forAdmins, public: forbidden },
    fresh: "call",
  },
  {
    type: "call",
    procedure: "conversations.members.remove",
    about: "a member",
    rule: "The owners and admins of a group.",
    input: ({ conversation_id }, { guest }) => ({ conversation_id, user_id: guest }),
    targets: { ...elsewhere, "own group": open, group: forAdmins, public: forbidden },
    fresh: "call",
  },
  {
    type: "call",
    procedure: "conversations.members.remove",
    about: "another admin",
    rule: "The owners of a group.",
    input: ({ conversation_id }, { deputy }) => ({ conversation_id, user_id: deputy }),
    targets: { group: forOwners },
    fresh: "call",
    without: inTheGroupOnly,
  },
  {
    type: "call",
    procedure: "conversations.members.remove",
    about: "the owner",
    rule: "Owners only: here the only one is the caller themself.",
    input: ({ conversation_id }, { owner }) => ({ conversation_id, user_id: owner }),
    targets: { group: forOwners },
    fresh: "call",
    without: inTheGroupOnly,
  },
  {
    type: "call",
    procedure: "conversations.members.remove",
    about: "oneself",
    rule: "Everybody who is in a group. Public conversations have `conversations.leave`.",
    input: ({ conversation_id }, { caller }) => ({ conversation_id, user_id: caller }),
    targets: { ...elsewhere, "own group": open, group: forInsiders, public: forbidden },
    fresh: "call",
  },
  {
    type: "call",
    procedure: "conversations.members.remove",
    about: "somebody who is not in it",
    rule: "There is nobody to remove, for those who might.",
    input: ({ conversation_id }, { friend }) => ({ conversation_id, user_id: friend }),
    targets: {
      ...elsewhere,
      "own group": noSuchThing,
      group: {
        ...signedOut,
        NOT_FOUND: [...outsiders, "admin", "owner"],
        FORBIDDEN: ["member", "author"],
      },
      public: forbidden,
    },
  },
  {
    type: "call",
    procedure: "conversations.members.setRole",
    about: "a member",
    rule: "The owners of a group or public conversation; an operator is no owner.",
    input: ({ conversation_id }, { guest }) => ({ conversation_id, user_id: guest, role: "admin" }),
    targets: {
      ...elsewhere,
      "own group": open,
      group: forOwners,
      public: { ...signedOut, FORBIDDEN: allBut("owner"), ok: ["owner"] },
    },
    fresh: "call",
  },
  {
    type: "call",
    procedure: "conversations.members.setRole",
    about: "oneself, as an owner",
    rule: "Nobody gives themself more than they have.",
    input: ({ conversation_id }, { caller }) => ({ conversation_id, user_id: caller, role: "owner" }),
    targets: {
      ...elsewhere,
      "own group": open,
      group: forOwners,
      public: { ...signedOut, FORBIDDEN: allBut("owner"), ok: ["owner"] },
    },
  },
  {
    type: "call",
    procedure: "conversations.members.setRole",
    about: "somebody who is not in it",
    rule: "There is nobody to give it to, for those who might.",
    input: ({ conversation_id }, { friend }) => ({ conversation_id, user_id: friend, role: "admin" }),
    targets: {
      ...elsewhere,
      "own group": noSuchThing,
      group: {
        ...signedOut,
        NOT_FOUND: [...outsiders, "owner"],
        FORBIDDEN: ["member", "author", "admin"],
      },
      public: {
        ...signedOut,
        NOT_FOUND: ["owner"],
        FORBIDDEN: allBut("owner"),
      },
    },
  },
];
