import { expect, test } from 'vitest';
import { parseBlocks, parseInline } from './parse';

test('bold, italic and code', () => {
  expect(parseInline('**North** leads by *8 %* over `South`')).toEqual([
    { kind: 'strong', text: 'North' },
    { kind: 'text', text: ' leads by ' },
    { kind: 'em', text: '8 %' },
    { kind: 'text', text: ' over ' },
    { kind: 'code', text: 'South' },
  ]);
});

test('names with underscores and products with stars stay as they are', () => {
  const text = 'order_items.unit_price and 2 * 3 * 4';
  expect(parseInline(text)).toEqual([{ kind: 'text', text }]);
});

test('markup is text', () => {
  const text = '<img src=x onerror=alert(1)>';
  expect(parseBlocks(text)).toEqual([{ kind: 'paragraph', content: [{ kind: 'text', text }] }]);
});

test('a list between paragraphs', () => {
  const kinds = parseBlocks('Two ways:\n- one\n- two\n\nChoose.').map(({ kind }) => kind);
  expect(kinds).toEqual(['paragraph', 'list', 'paragraph']);
});
