import { expect, test } from 'vitest';
import type { Cell, ColumnType } from '../../api/types';
import { formatCell, oneLine, toTsv, withPlaces } from './cell';

test.each<[Cell, ColumnType, string, string]>([
  [3001, 'integer', 'order_id', '3001'],
  [2025, 'integer', 'year', '2025'],
  [3001, 'integer', 'orders', '3,001'],
  [null, 'text', 'name', 'NULL'],
  [true, 'boolean', 'is_gift', 'true'],
  ['2026-01-31T09:30:00.000Z', 'timestamptz', 'at', '2026-01-31 09:30:00Z'],
  [{ a: 1 }, 'json', 'extra', '{"a":1}'],
])('%j of type %s in %s', (value, type, name, shown) => {
  expect(formatCell(value, { name, type })).toBe(shown);
});

test('a column of amounts shares its places', () => {
  const column = { name: 'revenue', type: 'decimal' } as const;
  expect(withPlaces(column, 0, [['1.5'], ['2'], [null], ['3.25']])).toMatchObject({ places: 2 });
});

test('cells with tabs, line ends and quotes survive a paste', () => {
  expect(
    toTsv([
      ['a\tb', 'c "d"'],
      ['x', ''],
    ]),
  ).toBe('"a\tb"\t"c ""d"""\nx\t');
});

test('line ends are marked', () => {
  expect(oneLine('a\r\nb\nc\u2028d')).toBe('a ↵ b ↵ c ↵ d');
});
