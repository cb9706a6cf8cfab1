import { batch, signal } from '@preact/signals';
import { isOpenIn, type Api } from '../../api/client';
import type { Health } from '../../api/types';

export type ServerInfo = ReturnType<typeof createServerInfo>;

interface ServerInfoOptions {
  /** Fixed by the host page; otherwise the server suggests. */
  suggestions: string[] | null;
  /** The server answers us: at the start, or once it has been given a key. */
  onOpen: () => void;
  onUnlock: () => void;
}

/** What the panel knows of the server: whether it lets us ask, what answers, what one could ask. */
export function createServerInfo(api: Api, options: ServerInfoOptions) {
  const health = signal<Health | null>(null);
  const suggestions = signal<string[]>(options.suggestions ?? []);
  /** A key is needed, and a person has to type it. */
  const isLocked = signal(false);
  let isKnown = false;
  let waiting: (() => void) | null = null;

  async function load(): Promise<void> {
    // Decoration, but for the lock: without it the chat still works, so failures stay silent.
    const found = await api.health().catch(() => null);
    isKnown = true;
    batch(() => {
      health.value = found;
      isLocked.value = found !== null && !isOpenIn(found) && api.takesKey();
    });
    if (isLocked.value) return;
    options.onOpen();
    waiting?.();
    waiting = null;
    if (!options.suggestions) suggestions.value = await api.suggestions().catch(() => []);
  }

  return {
    health,
    suggestions,
    isLocked,
    load,
    lock() {
      isLocked.value = true;
    },
    /** Now, or once the server takes us; the last wish counts. */
    whenOpen(action: () => void) {
      if (isKnown && !isLocked.value) action();
      else waiting = action;
    },
    async unlock(key: string): Promise<boolean> {
      if (!(await api.unlock(key))) return false;
      options.onUnlock();
      await load();
      return true;
    },
  };
}
