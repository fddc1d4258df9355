import { everybody, signedIn } from "../actors.ts";
import type { CallRow, Cells } from "../row.ts";
import { open, signedOut } from "./cells.ts";

const whoever: Cells = { ok: everybody };
const password = "motdepasse123";
const onlyOneself = "a call about the caller's own session and nothing else";
const aboutOneself = { "other's": onlyOneself, missing: onlyOneself };
const overHttp = {
  "tRPC over WebSocket": {
    answer: "BAD_REQUEST",
    why: "tokens are made and renewed over HTTP: a socket has its token already",
  },
} as const satisfies CallRow["notOver"];

export const authRows: readonly CallRow[] = [
  {
    type: "call",
    procedure: "auth.register",
    rule: "Whoever has an address that no account has. Who calls does not count.",
    input: ({ email }) => ({ name: "Somebody new", email, password }),
    targets: {
      oneself: { EMAIL_TAKEN: everybody },
      "taken address": { EMAIL_TAKEN: everybody },
      "no person": whoever,
    },
    fresh: "call",
    notOver: overHttp,
  },
  {
    type: "call",
    procedure: "auth.login",
    rule: "Whoever knows the password. Who calls does not count.",
    input: ({ email, password }) => ({ email, password }),
    targets: {
      oneself: whoever,
      "another person": { INVALID_CREDENTIALS: everybody },
      "no person": { INVALID_CREDENTIALS: everybody },
    },
    notOver: overHttp,
  },
  {
    type: "call",
    procedure: "auth.token",
    rule: "As `auth.login`.",
    input: ({ email, password }) => ({ username: email, password }),
    targets: {
      oneself: whoever,
      "another person": { INVALID_CREDENTIALS: everybody },
      "no person": { INVALID_CREDENTIALS: everybody },
    },
    notOver: overHttp,
  },
  {
    type: "call",
    procedure: "auth.refresh",
    about: "with a refresh token",
    rule: "Whoever holds a refresh token that was not used. Who calls does not count.",
    input: ({ refresh_token }) => ({ refresh_token }),
    targets: {
      "own session": whoever,
      "session in hand": whoever,
      "no session": { UNAUTHORIZED: everybody },
    },
    fresh: "call",
    notOver: overHttp,
  },
  {
    type: "call",
    procedure: "auth.refresh",
    about: "without one",
    rule: "Renews the access token of the call.",
    input: () => ({}),
    targets: { oneself: open },
    without: aboutOneself,
    spends: "session",
    notOver: overHttp,
  },
  {
    type: "call",
    procedure: "auth.logout",
    rule: "Everybody ends their own session.",
    targets: { oneself: open },
    without: aboutOneself,
    spends: "session",
  },
  {
    type: "call",
    procedure: "auth.me",
    rule: "Everybody sees their own account, e-mail address included.",
    targets: { oneself: { ...signedOut, shown: signedIn } },
    finds: (self: { id: number; email: string }, subject) =>
      self.id === subject.user_id && self.email === subject.email,
    without: aboutOneself,
  },
];
