import { expect, test } from 'vitest';
import { readEvents } from './sse';
import type { QueryEvent } from './types';

function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });
}

async function batches(...chunks: (string | Uint8Array)[]): Promise<QueryEvent[][]> {
  const all: QueryEvent[][] = [];
  for await (const batch of readEvents(streamOf(...chunks))) all.push(batch);
  return all;
}

test('events of one read come together', async () => {
  const read = await batches('event: ping\ndata: {}\n\nevent: ping\ndata: {}\n\n');
  expect(read).toEqual([
    [
      { event: 'ping', data: {} },
      { event: 'ping', data: {} },
    ],
  ]);
});

test('an event may be cut anywhere, in the middle of a letter too', async () => {
  const whole = new TextEncoder().encode('id: 7\nevent: done\ndata: {"message":"Zürich"}\n\n');
  for (let cut = 1; cut < whole.length; cut++) {
    const read = await batches(whole.slice(0, cut), whole.slice(cut));
    expect(read.flat()).toEqual([{ event: 'done', data: { message: 'Zürich' } }]);
  }
});

test('CRLF line ends, comments and data over several lines', async () => {
  const text = ': hello\r\n\r\nevent: sql\r\ndata: {"sql":\r\ndata: "SELECT 1"}\r\n\r\n';
  for (let cut = 1; cut < text.length; cut++) {
    const read = await batches(text.slice(0, cut), text.slice(cut));
    expect(read.flat()).toEqual([{ event: 'sql', data: { sql: 'SELECT 1' } }]);
  }
});

test('an unfinished event at the end is dropped', async () => {
  expect(await batches('event: done\ndata: {}\n')).toEqual([]);
});
