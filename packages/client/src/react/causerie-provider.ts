import { createContext, createElement, useContext, type ReactElement, type ReactNode } from "react";
import type { ReactClient } from "./react-client.ts";

const ClientContext = createContext<ReactClient | undefined>(undefined);

/** The client that the hooks inside use. */
export interface CauserieProviderProps {
  /** Made once outside of the components, and closed there. */
  readonly client: ReactClient;
  readonly children?: ReactNode;
}

/** Gives the hooks below it their client. */
export function CauserieProvider({ client, children }: CauserieProviderProps): ReactElement {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client that the hooks of this component use. */
export function useClient(): ReactClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("There is no <CauserieProvider> around this component.");
  return client;
}
