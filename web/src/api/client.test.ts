// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApi } from './client';
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
