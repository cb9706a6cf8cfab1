import { expect, test } from 'vitest';
import type { Cell, ColumnType } from '../../api/types';
import { formatCell, isCut, oneLine, toTsv, withPlaces } from './cell';

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

test.each<[string, ColumnType, Cell[], string[]]>([
  ['revenue', 'decimal', ['1.5', '2', null, '3.25'], ['1.50', '2.00', 'NULL', '3.25']],
  ['revenue', 'float', [15806.1, 12894.980000000001], ['15,806.10', '12,894.98']],
  ['average_price', 'float', [4.415094339622642, 4.1], ['4.42', '4.10']],
  ['average_stay', 'float', [4.415094339622642, 4.1], ['4.4151', '4.1000']],
  ['average_days', 'float', [441.5094339622642, 4.1], ['441.51', '4.10']],
  ['price', 'decimal', ['0.00034567', '0.000002'], ['0.0003457', '0.0000020']],
  ['coffee_weight', 'float', [4.415094339622642], ['4.4151']],
  ['service_fee', 'float', [4.415094339622642], ['4.42']],
  ['ratio', 'float', [1 / 3, 0.5], ['0.3333', '0.5000']],
  ['weight', 'decimal', ['1.1234', '2.5'], ['1.1234', '2.5000']],
  ['total', 'float', [3, 4], ['3', '4']],
  ['nothing', 'decimal', ['0', '0.0000000000'], ['0.0000', '0.0000']],
])('the values of %s, a %s, have places in common', (name, type, values, shown) => {
  const rows = values.map((value) => [value]);
  const column = withPlaces({ name, type }, 0, rows);
  expect(values.map((value) => formatCell(value, column))).toEqual(shown);
});

test('a later value with more digits than the first is not rounded to them', () => {
  const column = withPlaces({ name: 'total', type: 'float' }, 0, [[3], [4]]);
  expect(formatCell(3.7, column)).toBe('3.7');
});

test('what is not shown whole is known', () => {
  const column = withPlaces({ name: 'revenue', type: 'float' }, 0, [[4.415094339622642]]);
  expect(isCut(4.415094339622642, column)).toBe(true);
  expect(isCut(4.42, column)).toBe(false);
  expect(isCut(null, column)).toBe(false);
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
