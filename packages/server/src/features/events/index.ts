export { loadEvents, type LoadedEvent } from "./load-events.ts";
