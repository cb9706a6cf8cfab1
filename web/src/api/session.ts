/**
 * The session id the server issued, kept for this tab. Storage may be blocked (private modes,
 * sandboxed frames): then it lives as long as the page.
 */
export interface SessionStore {
  get(): string | null;
  set(id: string): void;
}

export function sessionStore(base: string): SessionStore {
  const key = `sqlatte:session:${base}`;
  let current: string | null = null;
  try {
    current = sessionStorage.getItem(key);
  } catch {
    // Blocked storage: start without a session.
  }
  return {
    get: () => current,
    set(id) {
      current = id;
      try {
        sessionStorage.setItem(key, id);
      } catch {
        // Blocked storage: the id still lives in memory.
      }
    },
  };
}
