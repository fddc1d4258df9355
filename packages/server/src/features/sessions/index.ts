export { createAccessTokens, type AccessTokens } from "./access-token.ts";
export { createLiveSessions, type LiveSessions } from "./live-sessions.ts";
export type { Principal } from "./principal.ts";
export { deleteAllSessions, insertSession, revokeSessions, type SessionRow } from "./sessions.repository.ts";
export { equalTexts } from "./session-secret.ts";
export { createSessionsService, type OpenedCookie, type SessionsService } from "./sessions.service.ts";
