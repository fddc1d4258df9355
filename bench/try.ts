import { sends } from "./sends.ts";
const r = await sends.run({ rounds: 1, seconds: 1, peers: process.argv.includes("peers"), scale: 1, progress: console.log });
console.table(Object.fromEntries(r.rows.map((x) => [x.name, x.figures])));
console.table(r.targets);
