interface Frame {
  readonly type: string;
  readonly id: number;
  readonly users: number[];
  readonly user_id: number;
  readonly status: string;
  readonly content: string;
}

/** What an application does with what it hears. */
export interface SeedCallbacks {
  onActiveUsersUpdate(users: number[]): void;
  onUserStatusChange(userId: number, status: string): void;
  onNewMessage(message: Frame): void;
  onMessageUpdated(message: Frame): void;
  onMessageDeleted(messageId: number): void;
}

/**
 * The live client that the seed prints for browsers, on the global `WebSocket`: the same
 * two sockets, the same frames, and each callback for the frame it stands for.
 */
export class SeedLiveClient {
  readonly #apiUrl: string;
  readonly #token: string;
  readonly #callbacks: SeedCallbacks;
  readonly activeUsers = new Set<number>();
  #activitySocket: WebSocket | undefined;
  #messageSocket: WebSocket | undefined;

  constructor(apiUrl: string, token: string, callbacks: SeedCallbacks) {
    this.#apiUrl = apiUrl;
    this.#token = token;
    this.#callbacks = callbacks;
  }

  connectActivity(): void {
    this.#activitySocket = new WebSocket(`${this.#apiUrl}/users/ws/${this.#token}`);
    this.#activitySocket.onmessage = (event) => this.#handleActivity(parse(event));
  }

  connectMessages(): void {
    this.#messageSocket = new WebSocket(`${this.#apiUrl}/messages/ws?token=${this.#token}`);
    this.#messageSocket.onmessage = (event) => this.#handleMessage(parse(event));
  }

  /** What the printed client does every 30 seconds. */
  ping(): void {
    this.#activitySocket?.send(JSON.stringify({ type: "ping" }));
  }

  isReady(): boolean {
    return [this.#activitySocket, this.#messageSocket].every(
      (socket) => socket?.readyState === WebSocket.OPEN,
    );
  }

  sendMessage(receiverId: number, content: string): void {
    if (this.#messageSocket?.readyState !== WebSocket.OPEN) return;
    this.#messageSocket.send(JSON.stringify({ type: "send_message", receiver_id: receiverId, content }));
  }

  disconnect(): void {
    this.#activitySocket?.close();
    this.#messageSocket?.close();
  }

  #handleActivity(frame: Frame): void {
    if (frame.type === "active_users") {
      this.activeUsers.clear();
      for (const id of frame.users) this.activeUsers.add(id);
      this.#callbacks.onActiveUsersUpdate([...this.activeUsers]);
    }
    if (frame.type === "user_status") {
      if (frame.status === "online") this.activeUsers.add(frame.user_id);
      else this.activeUsers.delete(frame.user_id);
      this.#callbacks.onUserStatusChange(frame.user_id, frame.status);
    }
  }

  #handleMessage(frame: Frame): void {
    if (frame.type === "new_message") this.#callbacks.onNewMessage(frame);
    if (frame.type === "message_updated") this.#callbacks.onMessageUpdated(frame);
    if (frame.type === "message_deleted") this.#callbacks.onMessageDeleted(frame.id);
  }
}

function parse(event: MessageEvent): Frame {
  return JSON.parse(event.data as string) as Frame;
}
