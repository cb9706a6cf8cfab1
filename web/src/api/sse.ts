import type { QueryEvent } from './types';

/** One block of lines between two blank lines; `null` for comments and events without data. */
function parseBlock(block: string): QueryEvent | null {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    const field = line.slice(0, colon);
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return data.length > 0 ? ({ event, data: JSON.parse(data.join('\n')) } as QueryEvent) : null;
}

/**
 * Reads Server-Sent Events from a fetch body. Events that arrive in one network read are yielded
 * together, so that the page renders once per read and not once per event.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<QueryEvent[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      // A carriage return at the very end may be half of a CRLF: it stays in `rest` until more comes.
      const text = rest + decoder.decode(value, { stream: true });
      const blocks = text.replace(/\r\n|\r(?!$)/g, '\n').split('\n\n');
      rest = blocks.pop()!;
      const events = blocks.map(parseBlock).filter((event) => event !== null);
      if (events.length > 0) yield events;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
