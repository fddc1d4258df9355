import { randomBytes, randomUUID } from "node:crypto";

/** Randomness as an argument, so that tests can own it. */
export interface Random {
  /** A random UUID, version 4. */
  uuid(): string;
  /** 256 unpredictable bits in base64url. */
  secret(): string;
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  secret: () => randomBytes(32).toString("base64url"),
};
