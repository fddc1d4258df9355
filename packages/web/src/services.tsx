import type { Client, Message } from "@causerie/client";
import { createContext, useContext } from "react";
import { createDrafts, type Drafts } from "./composer/drafts.ts";
import { createLookup, type Lookup } from "./lib/lookup.ts";
import { createNotices, type Notices } from "./notices/create-notices.ts";
import { createPeople, type People } from "./people/create-people.ts";

/** What the app keeps besides the client's stores. */
export interface Services {
  readonly people: People;
  /** Messages that are quoted and not in the window. */
  readonly originals: Lookup<Message>;
  readonly drafts: Drafts;
  readonly notices: Notices;
}

/** Makes them once. */
export function createServices(client: Client): Services {
  const originals = createLookup<Message>((id) => client.messages.get({ message_id: id }));
  return {
    people: createPeople(client),
    originals,
    drafts: createDrafts(sessionStorage),
    notices: createNotices(),
  };
}

const ServicesContext = createContext<Services | undefined>(undefined);

/** Gives everything inside the services. */
export const ServicesProvider = ServicesContext;

/** The services of the app. */
export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("There is no <ServicesProvider> around this component.");
  return services;
}
