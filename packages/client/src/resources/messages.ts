import type { CallOptions } from "./call-options.ts";
import type { Done, Inputs, Message, Page, SendInput, SentMessage, Trpc } from "../types.ts";

type Input = Inputs["messages"];

/** Messages: send, read, edit and delete. New ones arrive through `events.subscribe`. */
export interface Messages {
  /**
   * Sends a message to a user, with `receiver_id: null` to everybody, or to the conversation of
   * `conversation_id`. Give it a `client_message_id` of your own to send it again safely: the same id and text store one message.
   */
  send(input: SendInput, options?: CallOptions): Promise<SentMessage>;
  /** The caller's direct messages and those of the lobby, oldest first. Without paging the newest 1,000. */
  list(input?: Page, options?: CallOptions): Promise<Message[]>;
  /** The direct conversation with `user_id`, oldest first. `NOT_FOUND` when there is no such user. */
  conversation(input: Input["conversation"], options?: CallOptions): Promise<Message[]>;
  /** One message that the caller may read, with its `conversation_id` and `seq`. `NOT_FOUND` else, and when it was deleted. */
  get(input: Input["get"], options?: CallOptions): Promise<Message>;
  /** Replaces the text. Only its author may: `FORBIDDEN` for other readers. */
  edit(input: Input["edit"], options?: CallOptions): Promise<Message>;
  /** Erases the text for everybody. Only its author may: `FORBIDDEN` for other readers. */
  delete(input: Input["delete"], options?: CallOptions): Promise<Done>;
  /** The ids of who is online. */
  onlineUsers(options?: CallOptions): Promise<number[]>;
}

export function createMessages({ messages }: Trpc): Messages {
  return {
    send: messages.send.mutate,
    list: (input = {}, options) => messages.list.query(input, options),
    conversation: messages.conversation.query,
    get: messages.get.query,
    edit: messages.edit.mutate,
    delete: messages.delete.mutate,
    onlineUsers: (options) => messages.onlineUsers.query(undefined, options),
  };
}
