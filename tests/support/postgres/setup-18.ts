import type { TestProject } from "vitest/node";
import { startPostgres } from "./server.ts";

/** One PostgreSQL 18 for all tests of a project. */
export async function setup(project: TestProject): Promise<() => PromiseLike<void>> {
  const server = await startPostgres(18);
  project.provide("postgresUrl", server.url);
  return () => server[Symbol.asyncDispose]();
}
