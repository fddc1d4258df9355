/** Which tokens have passed, and which of them are made bad on their way to the server. */
export interface Expiry {
  /** Notes the tokens in something that passes. */
  see(text: string): void;
  /** From now on the access tokens seen so far do not work, and with `session` no refresh token either. */
  expire(what: "access" | "session"): void;
  /** The same text with every token that shall not work made one. */
  spoil(text: string): string;
  /** Whether there is such a token in it. */
  isSpoilt(text: string): boolean;
}

/** As they stand in headers, frames and bodies. */
const accessTokens = [/\bBearer ([\w.~+/-]+)/gi, /"(?:access_)?token":"([^"]+)"/g];
const refreshTokens = [/"refresh_token":"([^"]+)"/g];

export function createExpiry(): Expiry {
  const seen = { access: new Set<string>(), refresh: new Set<string>() };
  const expired = new Set<string>();

  function* tokensIn(text: string, patterns: readonly RegExp[]): Generator<string> {
    for (const pattern of patterns) for (const [, token = ""] of text.matchAll(pattern)) yield token;
  }

  return {
    see(text) {
      for (const token of tokensIn(text, accessTokens)) seen.access.add(token);
      for (const token of tokensIn(text, refreshTokens)) seen.refresh.add(token);
    },
    expire(what) {
      for (const token of seen.access) expired.add(token);
      if (what === "session") for (const token of seen.refresh) expired.add(token);
    },
    spoil(text) {
      let spoilt = text;
      for (const token of expired) spoilt = spoilt.replaceAll(token, forged(token));
      return spoilt;
    },
    isSpoilt: (text) => [...expired].some((token) => text.includes(token)),
  };
}

/** The same with another signature at its end: the server takes it for one that it never gave out. */
function forged(token: string): string {
  const end = "A".repeat(12);
  return token.slice(0, -end.length) + (token.endsWith(end) ? end.toLowerCase() : end);
}
