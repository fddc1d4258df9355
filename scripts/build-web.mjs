import "./check-node.mjs";
import { constants, setPriority } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { buildWeb } from "./web-build/build.mjs";
import { placesIn, source } from "./web-build/places.mjs";
import { writeProgress } from "./web-build/progress.mjs";

const stop = () => process.exit(1);
// Started by a server, it leaves the processor to it, and ends with it.
if (process.connected) {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  process.on("disconnect", stop);
}
// Exiting in an orderly way takes away what is half done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);

// Another folder than the app's own is for tests.
const places = placesIn(resolve(process.argv[2] ?? source));
try {
  await buildWeb(places);
} catch (error) {
  process.stderr.write(
    `${error.message}\nThe web app could not be built, for the reason above. Everything else works without it. ` +
      "`pnpm install` brings what the build needs; `pnpm build`, or the next start, tries again.\n",
  );
  process.exitCode = 1;
  writeProgress(places.progress, { state: "failed", step: "reading" });
} finally {
  process.off("disconnect", stop);
  if (process.connected) process.disconnect();
}
