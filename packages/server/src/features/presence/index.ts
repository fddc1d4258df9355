export { createPresenceService, type PresenceHandle, type PresenceService } from "./presence.service.ts";
