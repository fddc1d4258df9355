import { CauserieProvider } from "@causerie/client/react";
import type { Client } from "@causerie/client";
import { createContext, useContext, type ReactNode } from "react";

const AppClientContext = createContext<Client | undefined>(undefined);

/** Gives everything inside the client: the hooks of the package, and `useAppClient` for its calls. */
export function AppClientProvider({ client, children }: { readonly client: Client; children: ReactNode }) {
  return (
    <AppClientContext value={client}>
      <CauserieProvider client={client}>{children}</CauserieProvider>
    </AppClientContext>
  );
}

/** The whole client, with its calls. */
export function useAppClient(): Client {
  const client = useContext(AppClientContext);
  if (!client) throw new Error("There is no <AppClientProvider> around this component.");
  return client;
}
