export { createInboxService, type InboxService } from "./inbox.service.ts";
