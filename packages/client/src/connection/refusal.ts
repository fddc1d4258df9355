import { CauserieError } from "../errors.ts";
import type { ConnectionState } from "./connection-state.ts";

/** Nobody is signed in, and so nobody is asked. */
export function nobodySignedIn(): CauserieError {
  return new CauserieError("UNAUTHORIZED", "Nobody is signed in.", { status: 401 });
}

/** Why there will be no connection unless the app does something; else undefined. */
export function refusalIn(state: ConnectionState): CauserieError | undefined {
  if (state.state === "auth_lost") return nobodySignedIn();
  if (state.state === "closed") return new CauserieError("ABORTED", `The client is closed: ${state.reason}.`);
  return undefined;
}

/** Whether the app has closed the client, for good. */
export function isByApp(state: ConnectionState): boolean {
  return state.state === "closed" && state.reason === "by_app";
}
