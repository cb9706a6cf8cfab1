#!/usr/bin/env node
/** Stands in for the server's binary: the same command line, the same first line of output. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startMock } from './server.mjs';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    'data-dir': { type: 'string' },
    database: { type: 'string' },
    config: { type: 'string' },
  },
});
// Of a configuration it reads the keys, in the one way the specs write them.
const config = values.config ? await readFile(values.config, 'utf8') : '';
const accessKey = /access_keys: \[(.+)\]/.exec(config)?.[1];
const { url } = await startMock({ port: Number(values.port), accessKey });
console.log(`SQLatte listens on ${url}`);
