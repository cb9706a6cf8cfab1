import { lostConnection, problemOf, ProblemError } from './problem';
import { sessionStore } from './session';
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
}

export type ExportFormat = 'csv' | 'xlsx';
export type Api = ReturnType<typeof createApi>;

export function createApi({ base, tokenUrl }: ApiOptions) {
  const session = sessionStore(base);
  let token: string | null = null;

  async function fetchToken(): Promise<void> {
    if (!tokenUrl) return;
    const response = await fetch(tokenUrl, { headers: { accept: 'application/json' } });
    if (!response.ok) throw await problemOf(response);
    token = ((await response.json()) as { token: string }).token;
  }

  async function send(path: string, init: RequestInit, isRetry = false): Promise<Response> {
    if (tokenUrl && token === null) await fetchToken();
    const headers = new Headers(init.headers);
    const id = session.get();
    if (id) headers.set('x-session-id', id);
    if (token) headers.set('authorization', `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(base + path, { ...init, headers, credentials: 'omit' });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ProblemError(lostConnection('The server cannot be reached. Check the connection.'));
    }
    if (response.status === 401 && tokenUrl && !isRetry) {
      token = null;
      return send(path, init, true);
    }
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
      token = value;
    },
    hasSession: () => session.get() !== null || token !== null,

    /** Asks, and hands on events in batches; a stream that ends unfinished is a lost connection. */
    async *ask(request: QueryRequest, signal: AbortSignal): AsyncGenerator<QueryEvent[]> {
      const response = await post('/api/query/stream', request, signal);
      let isFinished = false;
      try {
        for await (const events of readEvents(response.body!)) {
          for (const { event, data } of events) {
            if (event === 'session') session.set(data.session_id);
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
