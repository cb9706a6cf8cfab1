import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startHosts } from './hosts';
import { startServer, type RunningServer } from './server';

function required(name: string, meaning: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it names ${meaning}.`);
  return value;
}

/** Starts what the specs run against; the addresses reach the workers by the environment. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const binary = required('SQLATTE_BIN', 'the server binary to test');
  const slowDatabase = required(
    'SQLATTE_E2E_SLOW_DB',
    'a SQLite file with the views slow_numbers (runs for minutes) and broken_report',
  );
  await rm(fileURLToPath(new URL('../shots', import.meta.url)), { recursive: true, force: true });
  const started: RunningServer[] = [];
  const stopAll = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const start = async (name: string, starting: Promise<RunningServer>) => {
    const server = await starting;
    started.push(server);
    process.env[name] = server.url;
  };
  try {
    await start('E2E_MAIN', startServer(binary));
    await start('E2E_SLOW', startServer(binary, '--database', `sqlite:${slowDatabase}`));
    const config = (name: string) => fileURLToPath(new URL(`${name}.yaml`, import.meta.url));
    await start('E2E_LOCKED', startServer(binary, '--config', config('locked')));
    await start('E2E_CLOSED', startServer(binary, '--config', config('closed')));
    await start('E2E_HOSTS', startHosts());
  } catch (cause) {
    await stopAll();
    throw cause;
  }
  return stopAll;
}
