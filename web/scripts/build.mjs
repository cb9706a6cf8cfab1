/** Builds every page and bundle into dist/, then compresses, lists licences and checks sizes. */
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { compressFolder } from './compress.mjs';
import { licenseText } from './licenses.mjs';
import { checkSizes } from './size.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

const shared = {
  configFile: false,
  root,
  base: './',
  logLevel: 'warn',
  build: {
    outDir: dist,
    emptyOutDir: false,
    target: 'es2022',
    // Browsers that know light-dark(): it must not be rewritten.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: false,
    reportCompressedSize: false,
  },
};

const hashed = {
  entryFileNames: 'assets/[name]-[hash].js',
  chunkFileNames: 'assets/[name]-[hash].js',
  assetFileNames: 'assets/[name]-[hash][extname]',
};

/** The chat and what it fetches later. Chunks import each other by relative URL, on any origin. */
async function buildChat() {
  const { output } = await build({
    ...shared,
    build: {
      ...shared.build,
      // Not lib mode: that would leave white space in.
      rollupOptions: {
        input: { chat: `${root}src/apps/chat/index.tsx` },
        // Shared code stays in the chat, which is there already, instead of in chunks of its own.
        preserveEntrySignatures: 'allow-extension',
        output: {
          ...hashed,
          // What several lazy parts share would be a chunk of its own, and the chat wait for it.
          codeSplitting: { groups: [{ name: 'chat', test: (id) => !LAZY.test(id) }] },
          chunkFileNames: ({ facadeModuleId, name }) =>
            `assets/${chunkNames[facadeModuleId?.slice(root.length)] ?? name}-[hash].js`,
        },
      },
    },
  });
  return `/${output.find(({ isEntry }) => isEntry).fileName}`;
}

/** What the chat fetches only when it is used. */
const LAZY = /\/src\/(grid|charts|apps\/chat\/drawer)\/|\/node_modules\/(chart\.js|@kurkle)\//;

const chunkNames = {
  'src/grid/DataGrid.ts': 'grid',
  'src/charts/ChartView.tsx': 'charts',
  'src/apps/chat/drawer/Drawer.tsx': 'drawer',
};

async function buildLoader(chatPath) {
  await build({
    ...shared,
    define: { __CHAT_PATH__: JSON.stringify(chatPath) },
    build: {
      ...shared.build,
      rollupOptions: {
        input: `${root}src/apps/loader/loader.ts`,
        output: { format: 'iife', entryFileNames: 'widget.js' },
      },
    },
  });
}

async function buildLanding() {
  await build({
    ...shared,
    root: `${root}src/apps/landing`,
    base: '/',
    build: {
      ...shared.build,
      rollupOptions: {
        input: { landing: `${root}src/apps/landing/index.html` },
        output: hashed,
      },
    },
  });
}

await rm(dist, { recursive: true, force: true });
await buildLoader(await buildChat());
await buildLanding();
await writeFile(`${dist}/LICENSES.txt`, await licenseText(root));
await compressFolder(dist);
await checkSizes(dist);
