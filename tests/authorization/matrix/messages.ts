import { allBut, insiders, outsiders } from "../actors.ts";
import type { CallRow, Cells } from "../row.ts";
import { forbidden, forInsiders, hidden, noSuchThing, open, shown, signedOut, ofThoseInIt } from "./cells.ts";

const listsNameWhatIs = "a list names what there is";

/** Of a message that the caller wrote: whoever was taken out of the conversation lost it with the rest. */
const ownWhileThere: Cells = { ...signedOut, NOT_FOUND: ["ex-member"], ok: allBut("ex-member") };

/** Edit and delete alike. */
const change: CallRow["targets"] = {
  "own message": ownWhileThere,
  "group message": {
    ...signedOut,
    NOT_FOUND: outsiders,
    FORBIDDEN: ["member", "admin", "owner"],
    ok: ["author"],
  },
  "public message": { ...signedOut, FORBIDDEN: allBut("author"), ok: ["author"] },
  "received message": forbidden,
  "others' direct message": noSuchThing,
  "earlier message": { ...signedOut, NOT_FOUND: allBut("owner"), ok: ["owner"] },
  "deleted message": noSuchThing,
  "no message": noSuchThing,
};

const finds: CallRow["finds"] = (messages: readonly { id: number }[], { message_id }) =>
  messages.some(({ id }) => id === message_id);

export const messagesRows: readonly CallRow[] = [
  {
    type: "call",
    procedure: "messages.send",
    about: "to a person",
    rule: "Everybody writes to everybody.",
    input: ({ user_id }) => ({ receiver_id: user_id, content: "Bonjour" }),
    targets: { oneself: open, "another person": open, "no person": noSuchThing },
  },
  {
    type: "call",
    procedure: "messages.send",
    about: "to everybody",
    rule: "Everybody signed in writes in public.",
    input: () => ({ receiver_id: null, content: "Bonjour" }),
    targets: { oneself: open },
    without: { "other's": "it names nobody", missing: "it names nobody" },
  },
  {
    type: "call",
    procedure: "messages.send",
    about: "to a conversation",
    rule: "Those in it; in public everybody signed in.",
    input: ({ conversation_id }) => ({ conversation_id, content: "Bonjour" }),
    targets: ofThoseInIt,
  },
  {
    type: "call",
    procedure: "messages.send",
    about: "as an answer",
    rule: "Those who may write there, to what they may read there.",
    input: ({ conversation_id, message_id }) => ({
      conversation_id,
      content: "Merci",
      reply_to: message_id,
    }),
    targets: {
      "own message": ownWhileThere,
      "group message": forInsiders,
      "public message": open,
      "received message": open,
      "others' direct message": noSuchThing,
      "earlier message": {
        ...signedOut,
        NOT_FOUND: outsiders,
        VALIDATION_FAILED: ["member", "author", "admin"],
        ok: ["owner"],
      },
      "deleted message": { ...signedOut, NOT_FOUND: outsiders, VALIDATION_FAILED: insiders },
      "no message": { ...signedOut, NOT_FOUND: outsiders, VALIDATION_FAILED: insiders },
    },
  },
  {
    type: "call",
    procedure: "messages.list",
    rule: "Direct messages sent and received, and those of the public conversation that is always there.",
    input: () => ({}),
    finds,
    targets: {
      "own message": { ...signedOut, hidden: ["ex-member", ...insiders], shown: ["stranger", "operator"] },
      "group message": hidden,
      "public message": shown,
      "received message": shown,
      "others' direct message": hidden,
      "earlier message": hidden,
      "deleted message": hidden,
    },
  },
  {
    type: "call",
    procedure: "messages.conversation",
    about: "with whom",
    rule: "Everybody reads their own conversation with anybody, empty before the first message.",
    input: ({ user_id }) => ({ user_id }),
    targets: { oneself: open, "another person": open, "no person": noSuchThing },
  },
  {
    type: "call",
    procedure: "messages.conversation",
    about: "which messages",
    rule: "Those between the caller and the other person only.",
    input: ({ user_id }) => ({ user_id }),
    finds,
    targets: { "received message": shown, "others' direct message": hidden },
    without: { own: "a message received says the same", missing: listsNameWhatIs },
  },
  {
    type: "call",
    procedure: "messages.onlineUsers",
    rule: "Everybody signed in sees who is online.",
    targets: { oneself: open },
    without: { "other's": "it names nobody", missing: "it names nobody" },
  },
  {
    type: "call",
    procedure: "messages.get",
    rule: "Its readers, for as long as it is not deleted; to anybody else it does not exist.",
    input: ({ message_id }) => ({ message_id }),
    targets: {
      "own message": ownWhileThere,
      "group message": forInsiders,
      "public message": open,
      "received message": open,
      "others' direct message": noSuchThing,
      "earlier message": { ...signedOut, NOT_FOUND: allBut("owner"), ok: ["owner"] },
      "deleted message": noSuchThing,
      "no message": noSuchThing,
    },
  },
  {
    type: "call",
    procedure: "messages.edit",
    rule: "Its author, for as long as they may read it. Its other readers are refused; to anybody else it does not exist.",
    input: ({ message_id }) => ({ message_id, content: "Message modifié" }),
    targets: change,
  },
  {
    type: "call",
    procedure: "messages.delete",
    rule: "As for `messages.edit`.",
    input: ({ message_id }) => ({ message_id }),
    targets: change,
    fresh: "call",
  },
];

/** What of a conversation's messages its readers find; `conversations.history` is their procedure. */
export const historyRow: CallRow = {
  type: "call",
  procedure: "conversations.history",
  about: "which messages",
  rule: "Those written since the caller came, unless older ones were shared with them. In public all.",
  input: ({ conversation_id }) => ({ conversation_id }),
  finds: ({ messages }: { messages: readonly { id: number }[] }, { message_id }) =>
    messages.some(({ id }) => id === message_id),
  targets: {
    "own message": { ...signedOut, NOT_FOUND: ["ex-member"], shown: allBut("ex-member") },
    "group message": { ...signedOut, NOT_FOUND: outsiders, shown: insiders },
    "public message": shown,
    "received message": shown,
    "others' direct message": noSuchThing,
    "earlier message": {
      ...signedOut,
      NOT_FOUND: outsiders,
      hidden: ["member", "author", "admin"],
      shown: ["owner"],
    },
    "deleted message": { ...signedOut, NOT_FOUND: outsiders, hidden: insiders },
    "no message": { ...signedOut, NOT_FOUND: outsiders, hidden: insiders },
  },
  fresh: "row",
};
