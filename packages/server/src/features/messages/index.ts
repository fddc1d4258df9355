export { countSends } from "./count-sends.ts";
export { deletedMessageView, messageView } from "./message-view.ts";
export { findMessages, type MessageRow } from "./messages.repository.ts";
export { createMessagesService, type MessagesService } from "./messages.service.ts";
