const [name, ...f] = process.argv.slice(2);
const m = await import(`./${name}.ts`) as any;
const b = Object.values(m)[0] as any;
const r = await b.run({ rounds: 1, seconds: 1, peers: f.includes("peers"), scale: Number(process.env.SCALE ?? 1), progress: console.log });
console.table(Object.fromEntries(r.rows.map((x: any) => [x.name, x.figures])));
console.table(r.targets);
