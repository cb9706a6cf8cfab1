import { readdir, readFile } from 'node:fs/promises';

/** The licences of all packages that end up in the bundles. */
export async function licenseText(root) {
  const lock = JSON.parse(await readFile(`${root}package-lock.json`, 'utf8'));
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path && !entry.dev);
  const texts = [];
  for (const [path, { version, license }] of shipped) {
    const folder = `${root}${path}`;
    const files = await readdir(folder).catch(() => []);
    const file = files.find((name) => /^licen[cs]e/i.test(name));
    const body = file ? await readFile(`${folder}/${file}`, 'utf8') : '';
    const name = path.replace(/^.*node_modules\//, '');
    texts.push(`${name} ${version} (${license})\n\n${body.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
