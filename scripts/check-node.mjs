// Plain JavaScript that any Node can read: the rest of the project needs a newer one.
import { basename } from "node:path";
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  const script = process.env.npm_lifecycle_event ?? basename(process.argv[1] ?? "start", ".mjs");
  process.stderr.write(
    `Causerie needs Node 22.18 or newer; this is ${process.versions.node}. This runs it without installing anything:\n` +
      `  npx -y -p node@24 -p pnpm@10.34.9 pnpm ${script.replace(/^run-/, "")}\n`,
  );
  process.exit(1);
}
