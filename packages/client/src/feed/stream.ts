import type { Link } from "../connection/link.ts";
import type { CauserieError } from "../errors.ts";
import type { Scope } from "../lib/scope.ts";

/** Runs the event stream, on one link at a time: the feed, as the connection sees it. */
export interface StreamRunner {
  /** Starts the stream, or goes on with it, until the scope ends. The scope of the run before must have ended. */
  run(link: Link, listener: StreamListener, scope: Scope): void;
}

/** What the connection is told of the stream. Nothing is once the scope is over. */
export interface StreamListener {
  /** The first frame of the stream. */
  onStarted(): void;
  /** No stream for a while: the state is loaded afresh, or too much waits to be handled. It starts by itself. */
  onPaused(): void;
  /** The first item of a start. */
  onFirstItem(): void;
  /** The first heartbeat of a start, after what came before it was handled. */
  onCaughtUp(): void;
  /** It is over: refused or failed, or stopped by the server without an error. */
  onEnded(error: CauserieError | undefined): void;
}
