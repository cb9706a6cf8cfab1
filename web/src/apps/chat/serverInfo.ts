import { signal } from '@preact/signals';
import type { Api } from '../../api/client';
import type { Health } from '../../api/types';

export type ServerInfo = ReturnType<typeof createServerInfo>;

/** What the panel says about the server: which database and model answer, what one could ask. */
export function createServerInfo(api: Api, fixedSuggestions: string[] | null) {
  const health = signal<Health | null>(null);
  const suggestions = signal<string[]>(fixedSuggestions ?? []);
  return {
    health,
    suggestions,
    /** Both are decoration: without them the chat still works, so failures stay silent. */
    load() {
      api.health().then(
        (value) => {
          health.value = value;
        },
        () => {},
      );
      if (fixedSuggestions) return;
      api.suggestions().then(
        (value) => {
          suggestions.value = value;
        },
        () => {},
      );
    },
  };
}
