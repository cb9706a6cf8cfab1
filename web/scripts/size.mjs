import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

/** Most a bundle may weigh, gzipped, in KB of 1024 bytes. Every script needs a line. */
const budgets = {
  widget: 4,
  chat: 30,
  grid: 5,
  charts: 70,
  drawer: 3,
  landing: 4,
};

/** Prints the sizes; throws when a bundle is too heavy or has no budget. */
export async function checkSizes(dist) {
  const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.js'));
  const faults = [];
  for (const name of files.sort()) {
    const bundle = /([\w]+?)(?:-[\w-]{8})?\.js$/.exec(name)[1];
    const size = gzipSync(await readFile(`${dist}/${name}`), { level: 9 }).length / 1024;
    const budget = budgets[bundle];
    console.log(`${bundle.padEnd(10)} ${size.toFixed(1).padStart(6)} KB gz of ${budget ?? '?'}`);
    if (budget === undefined) faults.push(`${name} has no size budget in scripts/size.mjs`);
    else if (size > budget) faults.push(`${name}: ${size.toFixed(1)} KB, allowed ${budget} KB`);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
