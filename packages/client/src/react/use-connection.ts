import { useCallback } from "react";
import type { ConnectionState } from "../connection/connection-state.ts";
import { useClient } from "./causerie-provider.ts";
import { useSnapshot } from "./use-snapshot.ts";

const onServer: ConnectionState = { state: "offline", reason: "idle" };

/** What the connection is doing. */
export function useConnection(): ConnectionState {
  const { connection } = useClient();
  const open = useCallback(() => connection, [connection]);
  return useSnapshot(open, () => onServer);
}
