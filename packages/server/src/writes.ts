import { createAccount, deleteAccount, openSession } from "./features/auth/auth.writes.ts";
import {
  createNamed,
  join,
  leave,
  markRead,
  openDirectWith,
  rename,
} from "./features/conversations/conversations.writes.ts";
import { addMembers, removeMember, setRole } from "./features/conversations/members.writes.ts";
import { deleteMessage, editMessage, sendMessage } from "./features/messages/messages.writes.ts";
import {
  endSession,
  endSessions,
  noteSessionUse,
  renewToken,
  rotate,
} from "./features/sessions/sessions.writes.ts";
import { updateProfile } from "./features/users/users.writes.ts";
import { pruneLog } from "./log/prune-log.ts";

/** Every write of the program, for the thread that makes them. */
export const writes = [
  ...[createAccount, openSession, deleteAccount],
  ...[openDirectWith, createNamed, rename, join, leave, markRead],
  ...[addMembers, removeMember, setRole],
  ...[sendMessage, editMessage, deleteMessage],
  ...[rotate, renewToken, endSession, endSessions, noteSessionUse],
  updateProfile,
  pruneLog,
];
