import { useCallback, useSyncExternalStore } from "react";
import { useAppClient } from "../app-client.tsx";

/** Who is signed in: an id, null when nobody is, undefined as long as that is not known. */
export function useSignedIn(): number | null | undefined {
  const client = useAppClient();
  const subscribe = useCallback(
    (listener: () => void) => {
      // Each change of who is signed in changes the connection too; the rest is told by the client itself.
      const stops = [client.connection.subscribe(listener), client.on("auth_lost", listener)];
      return () => stops.forEach((stop) => stop());
    },
    [client],
  );
  return useSyncExternalStore(subscribe, () =>
    client.auth.lost() === undefined ? client.auth.userId() : null,
  );
}

/** The id of who is signed in, once that is known. */
export function useUserId(): number | undefined {
  return useSignedIn() ?? undefined;
}
