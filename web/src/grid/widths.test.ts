import { expect, test } from 'vitest';
import type { Column } from '../core/turn';
import { fitWidths, measure } from './widths';

const label: Column = { name: 'label', type: 'text' };
const note: Column = { name: 'note', type: 'text' };

test('the last row of an arrival counts, and what was known stays', () => {
  const rows = Array.from({ length: 100_000 }, (_, at) => [`label ${at}`]);
  const needs = measure([label], rows, 0, []);
  expect(needs).toEqual(['label 99999'.length]);
  expect(measure([label], [...rows, ['x']], rows.length, needs)).toEqual(needs);
  expect(measure([label], [['漢字漢字']], 0, [])).toEqual([8]);
});

test('room to spare goes to what is cut', () => {
  const columns = [label, note];
  expect(fitWidths(columns, [10, 80], 0)).toEqual([105, 310]);
  expect(fitWidths(columns, [10, 80], 500)).toEqual([105, 395]);
  expect(fitWidths(columns, [10, 80], 2000)).toEqual([105, 658]);
  expect(fitWidths(columns, [40, 80], 800)).toEqual([342, 458]);
});
