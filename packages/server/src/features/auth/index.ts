export { createAuthService, type AuthService } from "./auth.service.ts";
export { deleteAccount } from "./auth.writes.ts";
