"use client";

export { CauserieProvider, useClient, type CauserieProviderProps } from "./causerie-provider.ts";
export type { ReactClient } from "./react-client.ts";
export { useConnection } from "./use-connection.ts";
export { useConversations, type ConversationsView } from "./use-conversations.ts";
export type { SuspenseOptions } from "./use-loaded.ts";
export { useMessages, type MessagesOptions, type MessagesView } from "./use-messages.ts";
export { usePresence } from "./use-presence.ts";
export { useSend } from "./use-send.ts";
export { useTyping } from "./use-typing.ts";
export { useUnread } from "./use-unread.ts";
