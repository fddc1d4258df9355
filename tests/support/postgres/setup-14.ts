import type { TestProject } from "vitest/node";
import { startPostgres } from "./server.ts";

/** One PostgreSQL 14 for all tests of a project. */
export async function setup(project: TestProject): Promise<() => PromiseLike<void>> {
  const server = await startPostgres(14);
  project.provide("postgresUrl", server.url);
  return () => server[Symbol.asyncDispose]();
}
