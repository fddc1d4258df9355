// For tests/authorization/matrix/accounts.ts, once the accounts branch is merged. Not run yet.
import { signedIn } from "../actors.ts";
import type { CallRow } from "../row.ts";
import { noSuchThing, open, shown, hidden, signedOut } from "./cells.ts";

const onlyOneself = "a call about the caller's own account and nothing else";
const aboutOneself = { "other's": onlyOneself, missing: onlyOneself };

export const accountsRows: readonly CallRow[] = [
  {
    type: "call",
    procedure: "auth.sessions.list",
    rule: "Everybody sees their own sessions.",
    targets: { "own session": shown, "another's session": hidden },
    finds: (sessions: readonly { id: string }[], { session_id }) => sessions.some(({ id }) => id === session_id),
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
    input: () => ({ current_password: "motdepasse123", new_password: "another password" }),
    targets: { oneself: open },
    without: aboutOneself,
    spends: "account",
  },
  {
    type: "call",
    procedure: "users.deleteMe",
    rule: "Whoever is signed in and knows the password.",
    input: () => ({ current_password: "motdepasse123" }), // see deleteMeInput
    targets: { oneself: open },
    without: aboutOneself,
    spends: "account",
  },
  // auth.renew: input ({ access_token }) => ({ token: access_token }); "tRPC over HTTP": BAD_REQUEST and REST
  // "no route" in notOver; on the socket a token of another session is refused, with what the service says.
  // auth.cookie.login: without an own Origin FORBIDDEN for everybody over HTTP and REST, BAD_REQUEST on a socket.
];
