import { everybody, signedIn } from "../actors.ts";
import type { CallRow, Cells } from "../row.ts";
import { hidden, noSuchThing, open, shown, signedOut } from "./cells.ts";

const password = "motdepasse123";
const onlyOneself = "a call about the caller's own account and nothing else";
const aboutOneself = { "other's": onlyOneself, missing: onlyOneself };

const notOfThisSocket: Cells = { ...signedOut, VALIDATION_FAILED: signedIn };
const fromNoPage: Cells = { FORBIDDEN: everybody };

/** Sessions, the end of accounts, and what is about a socket or a browser. */
export const accountsRows: readonly CallRow[] = [
  {
    type: "call",
    procedure: "auth.sessions.list",
    rule: "Everybody sees their own sessions.",
    targets: { "own session": shown, "another's session": hidden },
    finds: (sessions: readonly { id: string }[], { session_id }) =>
      sessions.some(({ id }) => id === session_id),
    without: { missing: "a list names what there is" },
  },
  {
    type: "call",
    procedure: "auth.sessions.revoke",
    rule: "Everybody ends their own sessions; of others' there is nothing to see.",
    input: ({ session_id }) => ({ session_id }),
    targets: { "own session": open, "another's session": noSuchThing, "no session": noSuchThing },
    fresh: "call",
  },
  {
    type: "call",
    procedure: "auth.sessions.revokeOthers",
    rule: "Everybody ends their own sessions but this one.",
    targets: { oneself: open },
    without: aboutOneself,
    spends: "account",
  },
  {
    type: "call",
    procedure: "auth.changePassword",
    rule: "Whoever is signed in and knows the password.",
    input: () => ({ current_password: password, new_password: "another password" }),
    targets: { oneself: open },
    without: aboutOneself,
    spends: "account",
  },
  {
    type: "call",
    procedure: "users.deleteMe",
    rule: "Whoever is signed in and knows the password.",
    input: () => ({ current_password: password }),
    targets: { oneself: open },
    without: aboutOneself,
    spends: "account",
  },
  {
    type: "call",
    procedure: "auth.renew",
    rule: "Whoever called it on a socket, with a token of the very session that the socket belongs to.",
    input: ({ access_token }) => ({ token: access_token }),
    targets: {
      "own session": notOfThisSocket,
      "another's session": notOfThisSocket,
      "no session": notOfThisSocket,
    },
    notOver: {
      "tRPC over HTTP": { answer: "BAD_REQUEST", why: "each call brings its own token" },
      REST: { answer: "no route", why: "it is about a socket" },
    },
  },
  {
    type: "call",
    procedure: "auth.cookie.login",
    rule: "Pages of the server's own origin; these calls come from no page.",
    input: ({ email }) => ({ email, password }),
    targets: { oneself: fromNoPage, "no person": fromNoPage },
    without: { "other's": "without a page it is refused before any address is looked at" },
    notOver: {
      "tRPC over WebSocket": { answer: "BAD_REQUEST", why: "a socket's answers have no headers" },
    },
  },
];
