import { everybody, insiders, signedIn, type Actor } from "./actors.ts";

/** What a call is about, and who may know that it exists. */
export interface Target {
  readonly kind: "own" | "other's" | "missing";
  readonly visibleTo: readonly Actor[];
  /** Whether each actor has one of their own; else it is the same for all. */
  readonly each: boolean;
  /** What it is, for people. */
  readonly text: string;
}

function target(
  kind: Target["kind"],
  visibleTo: readonly Actor[],
  text: string,
  each = kind === "own",
): Target {
  return { kind, visibleTo, each, text };
}

export const targets = {
  oneself: target("own", signedIn, "the caller"),
  "another person": target("other's", signedIn, "somebody else"),
  "taken address": target("other's", everybody, "the e-mail address of somebody else"),
  "no person": target("missing", [], "an id or address that nobody has"),

  "own session": target("own", signedIn, "a session of the caller"),
  "another's session": target("other's", [], "a session of somebody else"),
  "session in hand": target("other's", everybody, "a session of somebody else, whose tokens the caller has"),
  "no session": target("missing", [], "a session that does not exist"),

  "own group": target("own", signedIn, "a group that the caller made"),
  "own direct": target("own", signedIn, "the caller's direct conversation with somebody"),
  group: target("other's", insiders, "a group in which each has the place that their name says"),
  public: target("other's", signedIn, "a public conversation in which each has that place"),
  lobby: target("other's", signedIn, "the public conversation that is there from the start"),
  "others' direct": target("other's", [], "the direct conversation of two others"),
  "no conversation": target("missing", [], "a conversation that does not exist"),

  "own message": target(
    "own",
    ["stranger", "member", "author", "admin", "owner", "operator"],
    "a message of the caller in the group; of strangers and operators in public",
  ),
  "group message": target("other's", insiders, "the author's message in the group"),
  "public message": target("other's", signedIn, "the author's message in public"),
  "received message": target("other's", signedIn, "a direct message to the caller", true),
  "others' direct message": target("other's", [], "a direct message between two others"),
  "earlier message": target(
    "other's",
    ["owner"],
    "the owner's message in the group, older than anybody else's place in it",
  ),
  "deleted message": target("missing", [], "what was the author's message in the group"),
  "no message": target("missing", [], "a message that does not exist"),
} as const satisfies Readonly<Record<string, Target>>;
export type TargetName = keyof typeof targets;

/** The three that every row must speak of. */
export const targetKinds = ["own", "other's", "missing"] as const;
