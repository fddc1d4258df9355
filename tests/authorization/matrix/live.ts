import { allBut, insiders, outsiders, signedIn } from "../actors.ts";
import type { CallRow, Cells, StreamRow } from "../row.ts";
import { open } from "./cells.ts";

const everybody: Cells = { shown: signedIn };
const nobody: Cells = { hidden: signedIn };
const inTheGroup: Cells = { shown: insiders, hidden: outsiders };
const only = (...actors: readonly (typeof signedIn)[number][]): Cells => ({
  shown: actors,
  hidden: allBut(...actors),
});
const ownStream = {
  own: "a subscription names nothing: it gives what the caller may see",
  "other's": "what happens to others' things is said below, event by event",
  missing: "it names nothing",
};

export const eventPagesRow: CallRow = {
  type: "call",
  procedure: "events.list",
  rule: "Everybody signed in, of what they may see by then: what a stream gives that resumes.",
  input: () => ({ limit: 1 }),
  targets: { oneself: open },
  without: {
    "other's": "it names nothing; the tests of membership read pages as they read streams",
    missing: "it names nothing",
  },
};

export const liveRows: readonly StreamRow[] = [
  {
    type: "stream",
    procedure: "events.stream",
    rule: "Everybody signed in gets what they may see when it happens, and on resuming what they may see by then.",
    opens: open,
    without: ownStream,
    delivers: {
      "a message in the group before somebody is taken out": {
        shown: ["ex-member", ...insiders],
        hidden: ["stranger", "operator"],
      },
      "the ex-member is taken out of the group": {
        shown: ["ex-member", ...insiders],
        hidden: ["stranger", "operator"],
      },
      "a message in the group": inTheGroup,
      "an edit in the group": inTheGroup,
      "a deletion in the group": inTheGroup,
      "the group is renamed": inTheGroup,
      "somebody joins the group": inTheGroup,
      "somebody's role in the group changes": inTheGroup,
      "the owner reads the group": only("owner"),
      "a message in public": everybody,
      "a public conversation is made": everybody,
      "somebody joins the public conversation": nobody,
      "a direct message to the member": only("member"),
      "a direct message between two others": nobody,
      "somebody changes their profile": everybody,
    },
    replays: {
      "a message in the group before somebody is taken out": inTheGroup,
    },
  },
  {
    type: "stream",
    procedure: "presence.watch",
    rule: "Everybody signed in may watch anybody. Who types in a conversation only those hear who may read it by then.",
    opens: open,
    input: ({ stage, group, public: id }) => ({
      user_ids: [stage.people.deputy.id],
      conversation_ids: [group, id],
    }),
    without: {
      own: "whoever watches themself sees what others see",
      "other's": "what happens to others is said below, event by event",
      missing:
        "of nobody and nothing there is nothing to hear: that is not told apart from what is not heard",
    },
    delivers: {
      "somebody types in the group before somebody is taken out": {
        shown: ["ex-member", ...insiders],
        hidden: ["stranger", "operator"],
      },
      "the ex-member is taken out of the group": nobody,
      "somebody types in the group": inTheGroup,
      "somebody types in public": everybody,
      "somebody comes online": everybody,
      "a broadcast": everybody,
    },
  },
  {
    type: "stream",
    procedure: "presence.stream",
    rule: "Everybody signed in sees who comes and goes, and gets broadcasts.",
    opens: open,
    without: ownStream,
    delivers: { "somebody comes online": everybody, "a broadcast": everybody },
  },
];
