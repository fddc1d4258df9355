import type { CallOptions } from "./call-options.ts";
import type { ActiveStatus, ActiveUsers, BroadcastResult, Done, Inputs, Self, Trpc, User } from "../types.ts";

type Input = Inputs["users"];

/** People: who there is, who one is, and who is online. */
export interface Users {
  /** Everybody, oldest first; with `query`, those whose name holds it. Without paging the newest 1,000. */
  list(input?: Input["list"], options?: CallOptions): Promise<User[]>;
  /** One user. `NOT_FOUND` when there is none. */
  get(input: Input["get"], options?: CallOptions): Promise<User>;
  /** The signed-in user, e-mail address included. */
  me(options?: CallOptions): Promise<Self>;
  /**
   * Changes the fields given. A new e-mail address or password needs `current_password`; a new
   * password ends the other sessions.
   */
  updateMe(input: Input["updateMe"], options?: CallOptions): Promise<Self>;
  /**
   * Deletes the account for good: its sessions end, its e-mail address is free again, and its
   * messages stay under a user without a name.
   */
  deleteMe(input: Input["deleteMe"], options?: CallOptions): Promise<Done>;
  /** Tells everybody who is connected. Not stored: it reaches `presence.watch` and `presence.subscribe` only. */
  broadcast(input: Input["broadcast"], options?: CallOptions): Promise<BroadcastResult>;
  /** Who is online. */
  readonly active: {
    /** The users with a live connection. */
    list(options?: CallOptions): Promise<ActiveUsers>;
    /** Whether one user has a live connection. */
    status(input: Input["active"]["status"], options?: CallOptions): Promise<ActiveStatus>;
  };
}

export function createUsers({ users }: Trpc): Users {
  return {
    list: (input = {}, options) => users.list.query(input, options),
    get: users.get.query,
    me: (options) => users.me.query(undefined, options),
    updateMe: users.updateMe.mutate,
    deleteMe: users.deleteMe.mutate,
    broadcast: users.broadcast.mutate,
    active: {
      list: (options) => users.active.list.query(undefined, options),
      status: users.active.status.query,
    },
  };
}
