import { rateLimits, type RateLimitRule, type RateWindow } from "@causerie/shared";
import type { Quota } from "./rate-limits.ts";

/** What is needed of an answer, of HTTP/1.1 or 2. */
export interface Response {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
}

/** What was counted for an answer, by the window's name. */
const reported = new WeakMap<Response, Map<string, Quota>>();

/**
 * Tells the caller in the headers of `response` what is left of a window. Of a batch, each
 * window is shown as its last call left it.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function showQuota(response: Response, quota: Quota): void {
  // A streamed batch has sent its headers before its calls are made.
  if (response.headersSent) return;
  const quotas = reported.get(response) ?? new Map<string, Quota>();
  reported.set(response, quotas);
  const { name } = quota.window;
  const before = quotas.get(name);
  if (before === undefined || quota.remaining <= before.remaining) quotas.set(name, quota);

  const policies = [...new Set([...quotas.values()].flatMap(({ window }) => windowsBeside(window)))];
  response.setHeader("RateLimit-Policy", policies.map(policyItem).join(", "));
  response.setHeader("RateLimit", [...quotas.values()].map(quotaItem).join(", "));
}

/** All windows of the rule that a window belongs to. */
function windowsBeside(window: RateWindow): readonly RateWindow[] {
  const rules: readonly RateLimitRule[] = Object.values(rateLimits);
  return rules.find(({ windows }) => windows.includes(window))?.windows ?? [window];
}

const policyItem = ({ name, quota, seconds }: RateWindow) => `"${name}";q=${quota};w=${seconds}`;

const quotaItem = ({ window, remaining, resetMs }: Quota) =>
  `"${window.name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`;
