export { loadEvents } from "./load-events.ts";
