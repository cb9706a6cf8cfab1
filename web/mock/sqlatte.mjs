#!/usr/bin/env node
/** Stands in for the server's binary: the same command line, the same first line of output. */
import { parseArgs } from 'node:util';
import { startMock } from './server.mjs';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    'data-dir': { type: 'string' },
    database: { type: 'string' },
  },
});
const { url } = await startMock({ port: Number(values.port) });
console.log(`SQLatte listens on ${url}`);
