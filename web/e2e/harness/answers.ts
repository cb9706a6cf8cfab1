import type { Page } from '@playwright/test';

export interface FakeResult {
  columns: string[];
  column_types: string[];
  rows: unknown[][];
  chart?: object | null;
  truncated?: boolean;
  /** What else the answer says. */
  more?: object;
}

const BATCH = 1000;

/** Lets every question on the page have an answer that begins with these events and goes no further. */
export async function beginWith(page: Page, events: [string, object][]): Promise<void> {
  const begun = events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  await page.addInitScript((text) => {
    const { fetch } = window;
    window.fetch = async (input, init) => {
      if (!String(input).endsWith('/api/query/stream')) return fetch(input, init);
      const start = (stream: ReadableStreamDefaultController) =>
        stream.enqueue(new TextEncoder().encode(text));
      return new Response(new ReadableStream({ start }));
    };
  }, begun.join(''));
}

/** Lets every question on the page be answered with a result that no small database would give. */
export async function answerWith(page: Page, result: FakeResult): Promise<void> {
  const { columns, column_types, rows, chart = null, truncated = false, more = {} } = result;
  const ids = { session_id: 'made-up', query_id: '0198f000-0000-7000-8000-000000000000' };
  const shape = { columns, column_types };
  const events: [string, object][] = [
    ['session', ids],
    ['sql', { sql: 'SELECT *\nFROM things', dialect: 'sqlite' }],
    ['stage', { stage: 'running', status: 'running' }],
    ['columns', shape],
  ];
  for (let offset = 0; offset < rows.length; offset += BATCH) {
    events.push(['rows', { offset, rows: rows.slice(offset, offset + BATCH) }]);
  }
  const counts = { row_count: rows.length, truncated, timing_ms: { total: 12, database: 3 } };
  const rest = { sql: 'SELECT *\nFROM things', insights: [], suggestions: [], chart };
  events.push(
    ['stage', { stage: 'running', status: 'done', elapsed_ms: 3 }],
    ['chart', { chart }],
    ['done', { response_type: 'sql', ...shape, ...counts, ...rest, ...ids, ...more }],
  );
  const body = events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  await page.route('**/api/query/stream', (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: body.join('') }),
  );
}
