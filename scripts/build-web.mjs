import "./check-node.mjs";
import { constants, setPriority } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { buildWeb } from "./web-build/build.mjs";
import { placesIn, source } from "./web-build/places.mjs";

// Started by a server, it leaves the processor to it, and ends with it.
if (process.connected) {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  process.on("disconnect", () => process.exit(1));
}
// Exiting in an orderly way takes away what is half done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

try {
  // Another folder than the app's own is for tests.
  await buildWeb(placesIn(resolve(process.argv[2] ?? source)));
} catch (error) {
  process.stderr.write(
    `${error.message}\nThe web app could not be built, for the reason above. Everything else works without it. ` +
      "`pnpm install` brings what the build needs; `pnpm build`, or the next start, tries again.\n",
  );
  process.exitCode = 1;
} finally {
  if (process.connected) process.disconnect();
}
