import { expect, test } from 'vitest';
import type { Column } from '../core/turn';
import { chartData, chartTypesFor, chooseChart, summarise } from './spec';

const month: Column = { name: 'month', type: 'date' };
const region: Column = { name: 'region', type: 'text' };
const revenue: Column = { name: 'revenue', type: 'decimal' };
const orders: Column = { name: 'orders', type: 'integer' };

test('rules choose a fitting chart', () => {
  expect(chooseChart([orders], [[5]])?.type).toBe('kpi');
  expect(
    chooseChart(
      [month, revenue],
      [
        ['2025-01-01', '1'],
        ['2025-02-01', '2'],
      ],
    )?.type,
  ).toBe('line');
  expect(
    chooseChart(
      [region, revenue],
      [
        ['N', '1'],
        ['S', '2'],
      ],
    )?.type,
  ).toBe('bar');
  expect(
    chooseChart(
      [region, revenue],
      [
        ['A very long region name', '1'],
        ['S', '2'],
      ],
    )?.type,
  ).toBe('hbar');
  expect(
    chooseChart(
      [revenue, orders],
      [
        ['1', 2],
        ['2', 3],
      ],
    )?.type,
  ).toBe('scatter');
  expect(chooseChart([region], [['N'], ['S']])).toBeNull();
  expect(
    chooseChart(
      [{ name: 'customer_id', type: 'integer' }, region],
      [
        [1, 'N'],
        [2, 'S'],
      ],
    ),
  ).toBeNull();
});

test('long rows become one series per value', () => {
  const rows = [
    ['2025-01-01', 'N', '1'],
    ['2025-01-01', 'S', '2'],
    ['2025-02-01', 'N', '3'],
  ];
  const spec = { type: 'line', x: 'month', y: ['revenue'], series: 'region' } as const;
  const data = chartData({ ...spec, y: ['revenue'] }, [month, region, revenue], rows);
  expect(data.labels).toEqual(['2025-01', '2025-02']);
  expect(data.series).toEqual([
    { name: 'N', values: [1, 3] },
    { name: 'S', values: [2, null] },
  ]);
});

test('a doughnut is offered for few parts of one measure only', () => {
  const rows = Array.from({ length: 30 }, (_, at) => [`r${at}`, at]);
  const spec = { type: 'bar' as const, x: 'region', y: ['orders'] };
  expect(chartTypesFor(spec, [region, orders], rows.slice(0, 5))).toContain('pie');
  expect(chartTypesFor(spec, [region, orders], rows)).not.toContain('pie');
});

test('the summary names extremes', () => {
  const rows = [
    ['North', '90000'],
    ['South', '45.5'],
    ['East', null],
  ];
  const data = chartData({ type: 'bar', x: 'region', y: ['revenue'] }, [region, revenue], rows);
  expect(summarise(data)).toBe(
    'Bar chart: revenue by region, 3 points. revenue: highest North with 90,000, lowest South with 45.5.',
  );
});
