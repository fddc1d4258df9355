import { CauserieError, type CauserieErrorCode } from "../errors.ts";
import { listen, tell } from "./listen.ts";
import { throwUncaught } from "./throw-uncaught.ts";

/** Something of the app's, or an adapter, failed: the client goes on. */
export interface Failure {
  /** `HANDLER_FAILED` where the cause has no code of ours. */
  readonly code: CauserieErrorCode | "HANDLER_FAILED";
  /** What failed, such as `event_handler`. */
  readonly where: string;
  /** For the app alone: it may hold anything. */
  readonly cause: unknown;
}

/** Tells whoever listens what happened: in order, and never from within a call of the app. */
export interface Emitter<Events extends { error: Failure }> {
  /** Returns what stops it: the listener is not called again. */
  on<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): () => void;
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void;
  /** Emits `error`. What nobody listens to is thrown as an uncaught error. */
  report(where: string, cause: unknown): void;
}

/** A listener that fails is reported as an `error`, and does not stop the others. */
export function createEmitter<Events extends { error: Failure }>(): Emitter<Events> {
  type Name = keyof Events;
  const listeners: { [Key in Name]?: Set<(payload: Events[Key]) => void> } = {};
  let pending: (() => void)[] = [];

  function deliver<Key extends Name>(name: Key, payload: Events[Key]): void {
    const heard = listeners[name];
    if (name === "error" && !heard?.size) return throwUncaught((payload as Failure).cause);
    if (heard) tell(heard, name === "error" ? throwUncaught : (error) => report("listener", error), payload);
  }

  function emit<Key extends Name>(name: Key, payload: Events[Key]): void {
    if (pending.push(() => deliver(name, payload)) > 1) return;
    queueMicrotask(() => {
      // What is emitted meanwhile joins the queue.
      for (let next = 0; next < pending.length; next += 1) pending[next]?.();
      pending = [];
    });
  }

  function report(where: string, cause: unknown): void {
    const code = cause instanceof CauserieError ? cause.code : "HANDLER_FAILED";
    emit("error", { code, where, cause } satisfies Failure as Events["error"]);
  }

  return {
    on: (name, listener) => listen((listeners[name] ??= new Set()), listener),
    emit,
    report,
  };
}
