import { expect, test } from 'vitest';
import type { Cell, ColumnType } from '../api/types';
import { sortRows } from './sort';

function sorted(type: ColumnType, values: Cell[], isDescending = false): Cell[] {
  const rows = values.map((value) => [value]);
  const order = sortRows(rows, { name: 'x', type }, { column: 0, isDescending });
  return Array.from(order, (at) => values[at]!);
}

test('decimals and huge integers sort by value', () => {
  expect(sorted('decimal', ['10.5', '9.75', '-3', null, '100'])).toEqual([
    '-3',
    '9.75',
    '10.5',
    '100',
    null,
  ]);
  expect(sorted('integer', ['9007199254740993', 5, '9007199254740992'])).toEqual([
    5,
    '9007199254740992',
    '9007199254740993',
  ]);
});

test('NULL is last in both directions', () => {
  expect(sorted('integer', [null, 1, 2], true)).toEqual([2, 1, null]);
});

test('equal values keep their order', () => {
  expect(sorted('decimal', ['1.0', '0', '1'])).toEqual(['0', '1.0', '1']);
});

test('text sorts as people expect', () => {
  expect(sorted('text', ['item 10', 'Item 2', 'äpfel', 'zebra'])).toEqual([
    'äpfel',
    'Item 2',
    'item 10',
    'zebra',
  ]);
});
