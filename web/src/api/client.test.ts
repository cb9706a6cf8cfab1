// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApi, type Api } from './client';
import { ProblemError } from './problem';

const base = 'https://sql.example.com';
const asked: { url: string; headers: Headers }[] = [];
let answers: Response[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    asked.push({ url, headers: new Headers(init.headers) });
    return answers.shift()!;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const json = (body: unknown, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

test('a token comes from the host page, and is asked for again when it is refused', async () => {
  answers = [
    json({ token: 'old' }),
    json({ title: 'Unauthorized' }, 401),
    json({ token: 'new' }),
    json({ suggestions: ['Top products'] }),
  ];
  const api = createApi({ base, tokenUrl: '/token' });
  expect(await api.suggestions()).toEqual(['Top products']);
  expect(asked.map(({ url }) => url)).toEqual([
    '/token',
    `${base}/api/suggestions`,
    '/token',
    `${base}/api/suggestions`,
  ]);
  expect(asked[1]!.headers.get('authorization')).toBe('Bearer old');
  expect(asked[3]!.headers.get('authorization')).toBe('Bearer new');
});

test('a token that stays refused is a problem, not a loop', async () => {
  answers = [json({ token: 'a' }), json({}, 401), json({ token: 'b' }), json({}, 401)];
  await expect(createApi({ base, tokenUrl: '/token' }).suggestions()).rejects.toMatchObject({
    problem: { status: 401 },
  });
});

test('the session the server issued travels in a header from then on', async () => {
  const events = [
    'event: session\ndata: {"session_id":"s-1","query_id":"q-1"}\n\n',
    'event: error\ndata: {"title":"No","status":422}\n\n',
  ];
  answers = [new Response(events.join('')), json({ messages: [] })];
  const api = createApi({ base });
  expect(api.hasSession()).toBe(false);
  for await (const batch of api.ask({ question: 'x' }, new AbortController().signal)) {
    expect(batch.length).toBeGreaterThan(0);
  }
  await api.conversation();
  expect(asked[0]!.headers.has('x-session-id')).toBe(false);
  expect(asked[1]!.headers.get('x-session-id')).toBe('s-1');
});

describe('sessions and keys', () => {
  const begin = [
    'event: session\ndata: {"session_id":"s-1","query_id":"q-1"}\n\n',
    'event: error\ndata: {"title":"No","status":422}\n\n',
  ].join('');
  const drain = async (api: Api) => {
    for await (const batch of api.ask({ question: 'x' }, new AbortController().signal)) void batch;
  };

  function storage(): Storage {
    const values = new Map<string, string>();
    return {
      getItem: (name: string) => values.get(name) ?? null,
      setItem: (name: string, value: string) => void values.set(name, value),
      removeItem: (name: string) => void values.delete(name),
    } as Storage;
  }

  beforeEach(() => {
    vi.stubGlobal('localStorage', storage());
    vi.stubGlobal('sessionStorage', storage());
  });

  test('another tab, and a later one, are in the same session', async () => {
    answers = [new Response(begin), json({ items: [] })];
    const other = createApi({ base });
    await drain(createApi({ base }));
    vi.stubGlobal('sessionStorage', storage());
    expect(other.hasSession()).toBe(true);
    await other.favorites();
    expect(asked[1]!.headers.get('x-session-id')).toBe('s-1');
    expect(createApi({ base: 'https://other.example.com' }).hasSession()).toBe(false);
  });

  test('where the page says who is there, the session stays with the tab and ends with a leave', async () => {
    answers = [new Response(begin)];
    const api = createApi({ base });
    api.identify('of-alice');
    await drain(api);
    expect(createApi({ base }).hasSession()).toBe(false);
    api.identify(null);
    expect(api.hasSession()).toBe(false);
  });

  test('a typed key is tried where a refusal makes no noise, and sent once it opens', async () => {
    answers = [
      json({ status: 'ok' }),
      json({ status: 'ok', components: {} }),
      json({ suggestions: [] }),
    ];
    const api = createApi({ base });
    expect(await api.unlock('no key at all')).toBe(false);
    expect(await api.unlock('wrong')).toBe(false);
    expect(await api.unlock('right')).toBe(true);
    await createApi({ base }).suggestions();
    expect(asked.map(({ url }) => url.slice(base.length))).toEqual([
      '/health',
      '/health',
      '/api/suggestions',
    ]);
    expect(asked.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer wrong',
      'Bearer right',
      'Bearer right',
    ]);
  });

  test('a refusal locks, unless the page brings tokens', async () => {
    const onLocked = vi.fn();
    answers = [json({}, 401), json({}, 401)];
    const api = createApi({ base, onLocked });
    await expect(api.suggestions()).rejects.toMatchObject({ problem: { status: 401 } });
    expect(onLocked).toHaveBeenCalledOnce();
    api.identify('token');
    expect(api.takesKey()).toBe(false);
    await expect(api.suggestions()).rejects.toMatchObject({ problem: { status: 401 } });
    expect(onLocked).toHaveBeenCalledOnce();
  });
});

test("a proxy's page becomes a problem with its status and wait", async () => {
  answers = [
    new Response('<h1>Slow down</h1>', {
      status: 429,
      headers: { 'content-type': 'text/html', 'retry-after': '7', 'x-request-id': 'r-9' },
    }),
  ];
  const failed = await createApi({ base })
    .suggestions()
    .catch((cause: unknown) => cause);
  expect(failed).toBeInstanceOf(ProblemError);
  expect(failed).toMatchObject({ retryAfter: 7, problem: { status: 429, request_id: 'r-9' } });
});

describe('a server that cannot be reached', () => {
  const unreachable = () => Promise.reject(new TypeError('Failed to fetch'));
  const detailOf = async (api: Api) => {
    const failed = await api.suggestions().catch((cause: unknown) => cause);
    return (failed as ProblemError).problem;
  };

  test('may be one that does not allow the page, while it has never answered', async () => {
    vi.stubGlobal('location', { origin: 'https://shop.example' });
    vi.stubGlobal('fetch', unreachable);
    const problem = await detailOf(createApi({ base }));
    expect(problem.code).toBe('connection_lost');
    expect(problem.detail).toContain('https://shop.example to cors.allow_origins');
  });

  test('is a lost connection on its own pages, and where it answered before', async () => {
    vi.stubGlobal('location', { origin: base });
    answers = [json({ suggestions: [] })];
    const own = createApi({ base });
    const other = createApi({ base: 'https://other.example' });
    await other.suggestions();
    vi.stubGlobal('fetch', unreachable);
    for (const api of [own, other]) {
      expect((await detailOf(api)).detail).toBe(
        'The server cannot be reached. Check the connection.',
      );
    }
  });
});

test('a stream that ends without an answer is a lost connection', async () => {
  answers = [new Response('event: ping\ndata: {}\n\n')];
  const reading = (async () => {
    for await (const batch of createApi({ base }).ask(
      { question: 'x' },
      new AbortController().signal,
    )) {
      expect(batch).toEqual([{ event: 'ping', data: {} }]);
    }
  })();
  await expect(reading).rejects.toMatchObject({ problem: { code: 'connection_lost' } });
});
