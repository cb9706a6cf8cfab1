import { kept } from './kept';
import { lostConnection, neverReached, problemOf, ProblemError } from './problem';
import { readEvents } from './sse';
import type {
  Favorite,
  FavoriteRequest,
  FeedbackRequest,
  Health,
  HistoryItem,
  Message,
  QueryEvent,
  QueryRequest,
} from './types';

export interface ApiOptions {
  base: string;
  /** The host's own endpoint that answers `{token}`; asked again when a token is refused. */
  tokenUrl?: string | undefined;
  /** The server refused for want of a key, and the page that embeds us brings none of its own. */
  onLocked?: () => void;
}

/** What a header can carry; anything else is no key. */
const KEY = /^[\x21-\x7e]+$/;

export type ExportFormat = 'csv' | 'xlsx';
export type Api = ReturnType<typeof createApi>;

/** The server names its parts only to those whom it lets ask. */
export const isOpenIn = ({ components }: Health): boolean => components !== undefined;

export function createApi({ base, tokenUrl, onLocked }: ApiOptions) {
  let token: string | null = null;
  /** Whether the server has ever answered this page. */
  let isReached = false;
  /** The access key a person typed: for this tab only, unlike the session it opens. */
  const key = kept(() => sessionStorage, `sqlatte:key:${base}`);
  const sessionName = `sqlatte:session:${base}`;
  const sharedSession = kept(() => localStorage, sessionName);
  const tabSession = kept(() => sessionStorage, sessionName);
  /** Whether a person may type a key: a page that brings tokens settles that itself. */
  const takesKey = () => !tokenUrl && token === null;
  /**
   * All tabs of a browser share a session, and with it history and favourites, also after they were
   * closed. Where a page says who is there it stays with the tab: the next one there may be another.
   */
  const session = () => (takesKey() ? sharedSession : tabSession);

  async function fetchToken(): Promise<void> {
    if (!tokenUrl) return;
    const response = await fetch(tokenUrl, { headers: { accept: 'application/json' } });
    if (!response.ok) throw await problemOf(response);
    token = ((await response.json()) as { token: string }).token;
  }

  async function send(path: string, init: RequestInit, isRetry = false): Promise<Response> {
    if (tokenUrl && token === null) await fetchToken();
    const headers = new Headers(init.headers);
    const id = session().get();
    if (id) headers.set('x-session-id', id);
    const shown = token ?? (takesKey() ? key.get() : null);
    if (shown && !headers.has('authorization')) headers.set('authorization', `Bearer ${shown}`);
    let response: Response;
    try {
      response = await fetch(base + path, { ...init, headers, credentials: 'omit' });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ProblemError(
        isReached
          ? lostConnection('The server cannot be reached. Check the connection.')
          : neverReached(base),
      );
    }
    isReached = true;
    if (response.status === 401 && tokenUrl && !isRetry) {
      token = null;
      return send(path, init, true);
    }
    if (response.status === 401 && takesKey()) onLocked?.();
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  const get = async <T>(path: string): Promise<T> =>
    (await send(path, { headers: { accept: 'application/json' } })).json() as Promise<T>;

  const post = (path: string, body?: unknown, signal?: AbortSignal): Promise<Response> =>
    send(path, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body ?? {}),
      signal: signal ?? null,
    });

  const remove = async (path: string): Promise<void> => {
    await send(path, { method: 'DELETE' });
  };

  return {
    identify(value: string | null) {
      // Whoever comes next on this page must not see what the one before asked.
      if (value === null && token !== null) tabSession.remove();
      token = value;
    },
    takesKey,
    /** Keeps the key if it opens the server. `/health` tells, without the browser noting a refusal. */
    async unlock(value: string): Promise<boolean> {
      if (!KEY.test(value)) return false;
      const response = await send('/health', { headers: { authorization: `Bearer ${value}` } });
      const isOpen = isOpenIn((await response.json()) as Health);
      if (isOpen) key.set(value);
      return isOpen;
    },
    hasSession: () => session().get() !== null || token !== null,

    /** Asks, and hands on events in batches; a stream that ends unfinished is a lost connection. */
    async *ask(request: QueryRequest, signal: AbortSignal): AsyncGenerator<QueryEvent[]> {
      const response = await post('/api/query/stream', request, signal);
      let isFinished = false;
      try {
        for await (const events of readEvents(response.body!)) {
          for (const { event, data } of events) {
            if (event === 'session') session().set(data.session_id);
            isFinished ||= event === 'done' || event === 'error';
          }
          yield events;
        }
      } catch (cause) {
        if (signal.aborted || cause instanceof SyntaxError) throw cause;
      }
      if (!isFinished && !signal.aborted) {
        throw new ProblemError(lostConnection('The answer stopped half way. Nothing was changed.'));
      }
    },
    cancel: (queryId: string) => post(`/api/query/${queryId}/cancel`),
    feedback: (queryId: string, body: FeedbackRequest) =>
      post(`/api/query/${queryId}/feedback`, body),
    async exportFile(queryId: string, format: ExportFormat): Promise<Blob> {
      return (await send(`/api/query/${queryId}/export?format=${format}`, {})).blob();
    },

    health: () => get<Health>('/health'),
    suggestions: async () => (await get<{ suggestions: string[] }>('/api/suggestions')).suggestions,
    conversation: async () => (await get<{ messages: Message[] }>('/api/conversation')).messages,
    clearConversation: () => post('/api/conversation/clear'),

    history: (search: string, offset: number, limit: number) =>
      get<{ items: HistoryItem[]; total: number }>(
        `/api/history?${new URLSearchParams({ search, offset: `${offset}`, limit: `${limit}` })}`,
      ),
    deleteHistory: (id: string) => remove(`/api/history/${id}`),
    clearHistory: () => post('/api/history/clear'),
    favorites: async () => (await get<{ items: Favorite[] }>('/api/favorites')).items,
    addFavorite: async (body: FavoriteRequest) =>
      (await post('/api/favorites', body)).json() as Promise<Favorite>,
    deleteFavorite: (id: string) => remove(`/api/favorites/${id}`),
  };
}
