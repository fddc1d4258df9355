export { memberView, showConversations, type ShownConversation } from "./conversation-view.ts";
export {
  findConversations,
  findDirect,
  findLobby,
  findVisibleAmong,
  findVisibleConversation,
  listVisibleConversations,
  otherUser,
  takeDirectSeq,
  takeSeq,
  type ActivityCursor,
  type ConversationRow,
} from "./conversations.repository.ts";
export { createConversationsService, type ConversationsService } from "./conversations.service.ts";
export { openDirect } from "./direct.ts";
export { createMembersService, type MembersService } from "./members.service.ts";
export {
  findMember,
  findNamedMembers,
  membersAmong,
  sharesByConversation,
  type MemberRow,
} from "./members.repository.ts";
export { leaveAll } from "./members.writes.ts";
export { readersOf } from "./membership.ts";
export { findPlace, requirePlace, type Place } from "./rights.ts";
