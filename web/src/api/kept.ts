/**
 * A text the browser keeps. Storage may be blocked (private modes, sandboxed frames): then it lives as
 * long as the page. It is read anew each time, because another tab may have written it.
 */
export interface Kept {
  get(): string | null;
  set(value: string): void;
  remove(): void;
}

export function kept(storage: () => Storage, name: string): Kept {
  let inMemory: string | null = null;
  const attempt = <T>(use: (place: Storage) => T): T | null => {
    try {
      return use(storage());
    } catch {
      return null;
    }
  };
  return {
    get: () => attempt((place) => place.getItem(name)) ?? inMemory,
    set(value) {
      inMemory = value;
      attempt((place) => place.setItem(name, value));
    },
    remove() {
      inMemory = null;
      attempt((place) => place.removeItem(name));
    },
  };
}
