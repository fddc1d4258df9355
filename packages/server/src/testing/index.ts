export type { VirtualClock } from "@causerie/shared/testing";
export { systemClock, type Clock } from "../lib/clock.ts";
export { createVirtualClock } from "./virtual-clock.ts";
export { startTestServer, type LogLine, type TestServer, type TestServerOptions } from "./test-server.ts";
export type { NewTestUser, TestUser } from "./test-users.ts";
