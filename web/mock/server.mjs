import { randomUUID } from 'node:crypto';
import { createServer, STATUS_CODES } from 'node:http';
import { suggestions, tables } from './fixtures.mjs';
import { answerStream } from './scenarios.mjs';
import { serveFile } from './static.mjs';

/**
 * A server that speaks the real one's HTTP without a database or a model: for unit tests and for
 * work on the pages. `pace` is the length of a stage in milliseconds; with `accessKey` it answers to
 * no one else.
 */
export async function startMock({ port = 0, pace = 120, accessKey } = {}) {
  const sessions = new Map();
  const running = new Map();
  const server = createServer((request, response) => {
    const isOpen = !accessKey || request.headers.authorization === `Bearer ${accessKey}`;
    handle({ request, response, sessions, running, pace, isOpen }).catch((cause) => {
      if (response.headersSent) response.destroy();
      else problem(response, 500, 'internal', String(cause));
    });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(context) {
  const { request, response } = context;
  const url = new URL(request.url, 'http://mock');
  allowOrigin(request, response);
  if (request.method === 'OPTIONS') return response.writeHead(204).end();
  for (const [method, pattern, route] of routes) {
    const match = method === request.method && pattern.exec(url.pathname);
    if (match && !context.isOpen && url.pathname !== '/health') {
      return problem(response, 401, 'unauthorized', 'This server needs an access key.');
    }
    if (match) return route({ ...context, url, id: match[1] });
  }
  if (await serveFile(url.pathname, response)) return undefined;
  return problem(response, 404, 'not_found', 'There is nothing here.');
}

function allowOrigin({ headers }, response) {
  if (!headers.origin) return;
  response.setHeader('access-control-allow-origin', headers.origin);
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-session-id');
  response.setHeader('access-control-expose-headers', 'retry-after, content-disposition');
}

const json = (response, body, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const problem = (response, status, code, detail) => {
  const title = STATUS_CODES[status];
  const type = `urn:sqlatte:problem:${code}`;
  const body = { type, title, status, detail, code, request_id: randomUUID() };
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(status === 429 ? { 'retry-after': '3' } : {}),
  });
  response.end(JSON.stringify(body));
};

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text || '{}');
}

/** A session the client made up is not adopted: it gets a new one. */
function sessionOf({ request, sessions }) {
  const known = sessions.get(request.headers['x-session-id']);
  if (known) return known;
  const session = { id: randomUUID(), history: [], favorites: [], messages: [] };
  sessions.set(session.id, session);
  return session;
}

async function ask(context) {
  const { request, response, running, pace } = context;
  const { question } = await bodyOf(request);
  if (/busy/i.test(question)) {
    return problem(response, 429, 'rate_limited', 'Ten questions a minute are allowed.');
  }
  const session = sessionOf(context);
  const queryId = randomUUID();
  const abort = new AbortController();
  running.set(queryId, abort);
  response.on('close', () => abort.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const entry = {
    query_id: queryId,
    question,
    created_at: new Date().toISOString(),
    favorite: false,
  };
  session.messages.push({ role: 'user', text: question, created_at: entry.created_at });
  let last = null;
  let number = 0;
  try {
    const answer = { question, sessionId: session.id, queryId, pace, signal: abort.signal };
    for await (const [event, data] of answerStream(answer)) {
      last = { event, data };
      response.write(`id: ${++number}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
    response.end();
  } catch {
    if (!abort.signal.aborted || response.destroyed) response.destroy();
    else response.end(`event: error\ndata: ${JSON.stringify(cancelled)}\n\n`);
  }
  running.delete(queryId);
  const { data } = last;
  const status = { done: 'answered', error: 'failed' }[last.event] ?? 'cancelled';
  session.messages.push({
    role: 'assistant',
    text: data.message ?? data.explanation ?? '',
    query_id: queryId,
  });
  return session.history.unshift({
    ...entry,
    status,
    sql: data.sql ?? null,
    row_count: data.row_count ?? null,
    duration_ms: data.timing_ms?.total ?? null,
    response_type: data.response_type,
  });
}

function exportFile({ response, url }) {
  const isCsv = url.searchParams.get('format') === 'csv';
  const type = isCsv
    ? 'text/csv'
    : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  response.writeHead(200, { 'content-type': type });
  // Not a real workbook: only what a reader of its first bytes and names sees.
  response.end(
    isCsv ? 'name,revenue\r\nEspresso Roma,182340.50\r\n' : 'PK\x03\x04 xl/worksheets/sheet1.xml',
  );
}

function history(context) {
  const { response, url } = context;
  const search = (url.searchParams.get('search') ?? '').toLowerCase();
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 50);
  const found = sessionOf(context).history.filter(({ question }) =>
    question.toLowerCase().includes(search),
  );
  json(response, {
    items: found.slice(offset, offset + limit),
    total: found.length,
    limit,
    offset,
  });
}

async function addFavorite(context) {
  const body = await bodyOf(context.request);
  const item = { ...body, id: randomUUID(), created_at: new Date().toISOString() };
  sessionOf(context).favorites.unshift(item);
  json(context.response, item, 201);
}

/** Takes what matches out of one of the session's lists. */
const remove = (list, isGone) => (context) => {
  const session = sessionOf(context);
  session[list] = session[list].filter((item) => !isGone(item, context.id));
  context.response.writeHead(204).end();
};

function cancel({ response, running, id }) {
  running.get(id)?.abort();
  json(response, {}, 202);
}

const health = {
  status: 'ok',
  version: '0.1.0',
  components: {
    database: { status: 'ok', kind: 'sqlite', target: 'demo.db' },
    llm: { status: 'ok', kind: 'offline', target: 'offline' },
    store: { status: 'ok' },
  },
};

const cancelled = { title: 'Conflict', status: 409, code: 'cancelled', detail: 'It was stopped.' };

const routes = [
  [
    'GET',
    /^\/health$/,
    ({ response, isOpen }) =>
      json(response, isOpen ? health : { ...health, components: undefined }),
  ],
  ['GET', /^\/api\/suggestions$/, ({ response }) => json(response, { suggestions })],
  ['GET', /^\/api\/tables$/, ({ response }) => json(response, { tables, details: [] })],
  ['POST', /^\/api\/query\/stream$/, ask],
  ['POST', /^\/api\/query\/([\w-]+)\/cancel$/, cancel],
  ['POST', /^\/api\/query\/([\w-]+)\/feedback$/, ({ response }) => response.writeHead(204).end()],
  ['GET', /^\/api\/query\/([\w-]+)\/export$/, exportFile],
  ['GET', /^\/api\/history$/, history],
  ['DELETE', /^\/api\/history\/([\w-]+)$/, remove('history', (item, id) => item.query_id === id)],
  ['POST', /^\/api\/history\/clear$/, remove('history', () => true)],
  [
    'GET',
    /^\/api\/favorites$/,
    (context) => {
      const items = sessionOf(context).favorites;
      json(context.response, { items, total: items.length });
    },
  ],
  ['POST', /^\/api\/favorites$/, addFavorite],
  ['DELETE', /^\/api\/favorites\/([\w-]+)$/, remove('favorites', (item, id) => item.id === id)],
  [
    'GET',
    /^\/api\/conversation$/,
    (context) => {
      const { id, messages } = sessionOf(context);
      json(context.response, { session_id: id, messages });
    },
  ],
  ['POST', /^\/api\/conversation\/clear$/, remove('messages', () => true)],
];
