export { fileOutbox } from "./outbox/file-outbox.ts";
export type { OutboxItem, OutboxStorage, OutboxUser } from "./outbox/outbox.ts";
