import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY = /SQLatte listens on (http:\/\/\S+)/;
const START_MS = 60_000;

export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

/** Starts the server's binary on a free port, with a data directory of its own. */
export async function startServer(binary: string, ...args: string[]): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sqlatte-e2e-'));
  const child = spawn(binary, ['serve', '--port', '0', '--data-dir', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  };
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const fail = (reason: string) => reject(new Error(`${binary} ${reason}\n${output}`));
    const timer = setTimeout(() => fail('did not say where it listens'), START_MS);
    const read = (chunk: Buffer) => {
      output += chunk;
      const match = READY.exec(output);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1]!);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (cause) => fail(String(cause)));
    child.once('exit', (code) => fail(`ended with ${code}`));
  }).catch(async (cause: unknown) => {
    await stop();
    throw cause;
  });
  return { url, stop };
}
