export { createAuthService, type AuthService } from "./auth.service.ts";
export { createSignInBackoff, type SignInBackoff } from "./sign-in-backoff.ts";
