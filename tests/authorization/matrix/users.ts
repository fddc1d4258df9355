import type { CallRow } from "../row.ts";
import { noSuchThing, open, shown } from "./cells.ts";

const onlyOneself = "a call about the caller's own account and nothing else";
const aboutOneself = { "other's": onlyOneself, missing: onlyOneself };
const aboutEverybody = "it names nobody: the answer is the same for all who are signed in";

export const usersRows: readonly CallRow[] = [
  {
    type: "call",
    procedure: "users.list",
    rule: "Everybody signed in sees who there is, without e-mail addresses.",
    input: () => ({}),
    targets: { oneself: shown, "another person": shown },
    finds: (users: readonly { id: number }[], { user_id }) =>
      users.some((user) => user.id === user_id && !("email" in user)),
    without: { missing: "a list names what there is" },
  },
  {
    type: "call",
    procedure: "users.get",
    rule: "Everybody signed in sees everybody, without the e-mail address.",
    input: ({ user_id }) => ({ user_id }),
    targets: { oneself: open, "another person": open, "no person": noSuchThing },
  },
  {
    type: "call",
    procedure: "users.me",
    rule: "Everybody sees their own account, e-mail address included.",
    targets: { oneself: shown },
    finds: (self: { id: number; email: string }, subject) =>
      self.id === subject.user_id && self.email === subject.email,
    without: aboutOneself,
  },
  {
    type: "call",
    procedure: "users.updateMe",
    rule: "Everybody changes their own account.",
    input: () => ({ name: "A new name" }),
    targets: { oneself: open },
    without: aboutOneself,
  },
  {
    type: "call",
    procedure: "users.active.list",
    rule: "Everybody signed in sees who is online.",
    targets: { oneself: open },
    without: { "other's": aboutEverybody, missing: aboutEverybody },
  },
  {
    type: "call",
    procedure: "users.active.status",
    rule: "Everybody signed in sees whether somebody is online.",
    input: ({ user_id }) => ({ user_id }),
    targets: { oneself: open, "another person": open, "no person": noSuchThing },
  },
  {
    type: "call",
    procedure: "users.broadcast",
    rule: "Everybody signed in, unless the server is configured otherwise.",
    input: () => ({ message: "Bonjour à tous" }),
    targets: { oneself: open },
    without: { "other's": aboutEverybody, missing: aboutEverybody },
  },
];
