// @vitest-environment node
import { beforeEach, expect, test, vi } from 'vitest';
import type { Api } from '../../api/client';
import type { Health } from '../../api/types';
import { createServerInfo } from './serverInfo';

const shut: Health = { status: 'ok' };
const open: Health = { status: 'ok', components: {} };
const health = vi.fn<() => Promise<Health>>();
const suggestions = vi.fn(async () => ['Top products']);
const unlock = vi.fn(async (key: string) => key === 'right');
const onOpen = vi.fn();
const onUnlock = vi.fn();

function create(takesKey = true) {
  const api = { health, suggestions, unlock, takesKey: () => takesKey } as unknown as Api;
  return createServerInfo(api, { suggestions: null, onOpen, onUnlock });
}

beforeEach(() => {
  vi.clearAllMocks();
});

test('a locked server is asked for nothing more, and wishes wait for the key', async () => {
  health.mockResolvedValueOnce(shut).mockResolvedValue(open);
  const wish = vi.fn();
  const server = create();
  server.whenOpen(vi.fn());
  server.whenOpen(wish);
  await server.load();
  expect(server.isLocked.value).toBe(true);
  expect(suggestions).not.toHaveBeenCalled();

  expect(await server.unlock('wrong')).toBe(false);
  expect(wish).not.toHaveBeenCalled();
  expect(await server.unlock('right')).toBe(true);
  expect(server.isLocked.value).toBe(false);
  expect(onUnlock).toHaveBeenCalledOnce();
  expect(onOpen).toHaveBeenCalledOnce();
  expect(wish).toHaveBeenCalledOnce();
  expect(server.suggestions.value).toEqual(['Top products']);
});

test('a page with tokens of its own is not locked, nor is a server that cannot be reached', async () => {
  health.mockResolvedValueOnce(shut);
  const server = create(false);
  await server.load();
  expect(server.isLocked.value).toBe(false);

  health.mockRejectedValueOnce(new Error('offline'));
  const lost = create();
  await lost.load();
  expect(lost.isLocked.value).toBe(false);
  const wish = vi.fn();
  lost.whenOpen(wish);
  expect(wish).toHaveBeenCalledOnce();
});

test('a refusal later on locks as well', async () => {
  health.mockResolvedValue(open);
  const server = create();
  await server.load();
  server.lock();
  const retry = vi.fn();
  server.whenOpen(retry);
  expect(retry).not.toHaveBeenCalled();
  await server.unlock('right');
  expect(retry).toHaveBeenCalledOnce();
});
