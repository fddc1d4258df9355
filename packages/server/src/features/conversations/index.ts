export { conversationViews } from "./conversation-view.ts";
export {
  findConversations,
  findDirect,
  findLobby,
  findVisibleConversation,
  insertDirect,
  membersByConversation,
  takeSeq,
  type ConversationRow,
} from "./conversations.repository.ts";
export { createConversationsService, type ConversationsService } from "./conversations.service.ts";
