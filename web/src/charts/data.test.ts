import { expect, test } from 'vitest';
import type { Column } from '../core/turn';
import { chartData, summarise } from './data';
import { chartTypesFor, chooseChart } from './kinds';

const month: Column = { name: 'month', type: 'date' };
const region: Column = { name: 'region', type: 'text' };
const revenue: Column = { name: 'revenue', type: 'decimal' };
const count = (rows: number) => Array.from({ length: rows }, (_, at) => at);
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
        ['1.5', 20],
        ['2.5', 300],
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
  expect(data.series).toMatchObject([
    { name: 'N', values: [1, 3] },
    { name: 'S', values: [2, null] },
  ]);
});

test('a doughnut is offered for few parts of one measure only', () => {
  const rows = Array.from({ length: 30 }, (_, at) => [`r${at}`, at]);
  const spec = { type: 'bar' as const, x: 'region', y: ['orders'] };
  expect(chartTypesFor(spec, [region, orders], rows.slice(0, 5), true)).toContain('pie');
  expect(chartTypesFor(spec, [region, orders], rows, true)).not.toContain('pie');
});

test('a doughnut is not offered for what makes no whole', () => {
  const spec = { type: 'bar' as const, x: 'region', y: ['value'] };
  const offers = (name: string, isWhole: boolean, ...values: number[]) =>
    chartTypesFor(
      { ...spec, y: [name] },
      [region, { name, type: 'float' }],
      values.map((value, at) => [`r${at}`, value]),
      isWhole,
    ).includes('pie');
  expect(offers('total_revenue', true, 5, 3)).toBe(true);
  expect(offers('generation', true, 5, 3)).toBe(true);
  expect(offers('total_revenue', false, 5, 3)).toBe(false);
  expect(offers('profit', true, 5, -3)).toBe(false);
  for (const name of ['average_duration', 'AVG(duration)', 'return_rate', 'ratio', 'maxPrice']) {
    expect([name, offers(name, true, 5, 3)]).toEqual([name, false]);
  }
});

test('small whole numbers are categories, other numbers are measures', () => {
  const weekday: Column = { name: 'weekday', type: 'integer' };
  const days = count(7).map((day) => [day, '15806.10']);
  const chosen = chooseChart([weekday, revenue], days);
  expect(chosen).toEqual({ type: 'bar', x: 'weekday', y: ['revenue'] });
  expect(
    chooseChart(
      [revenue, weekday],
      days.map(([day, sum]) => [sum!, day!]),
    )?.x,
  ).toBe('weekday');
  const weights = [250, 500, 1000].map((grams) => [grams, '7.5']);
  expect(chooseChart([weekday, revenue], weights)?.type).toBe('scatter');
});

test('the summary names extremes', () => {
  const rows = [
    ['North', '90000'],
    ['South', '45.5'],
    ['East', null],
  ];
  const data = chartData({ type: 'bar', x: 'region', y: ['revenue'] }, [region, revenue], rows);
  expect(summarise(data)).toBe(
    'Bar chart: revenue by region, 3 points. revenue: highest North with 90,000.0, lowest South with 45.5.',
  );
});

test('what is left out is said', () => {
  const rows = Array.from({ length: 5000 }, (_, at) => [`r${at}`, at]);
  const spec = { type: 'bar' as const, x: 'region', y: ['orders'] };
  const data = chartData(spec, [region, orders], rows);
  expect(data.labels).toHaveLength(2000);
  expect(data.notes).toEqual(['The first 2,000 of 5,000 rows']);
  expect(summarise(data)).toContain('The first 2,000 of 5,000 rows.');

  const many = Array.from({ length: 40 }, (_, at) => ['2025-01-01', `r${at}`, '1']);
  const pivoted = chartData(
    { type: 'line', x: 'month', y: ['revenue'], series: 'region' },
    [month, region, revenue],
    many,
  );
  expect(pivoted.series).toHaveLength(8);
  expect(pivoted.notes).toEqual(['The first 8 of 40 series']);
});

test('a line is offered along an order only, and runs along it', () => {
  const spec = { type: 'bar' as const, x: 'region', y: ['orders'] };
  const calendar = [
    ['2025-02', 2],
    ['2025-01', 1],
    [null, 3],
  ];
  expect(chartTypesFor(spec, [region, orders], [['North', 1]], true)).not.toContain('line');
  expect(chartTypesFor(spec, [region, orders], calendar, true)).toContain('line');
  const line = chartData({ ...spec, type: 'line' }, [region, orders], calendar);
  expect(line.labels).toEqual(['2025-01', '2025-02', 'NULL']);
  expect(line.series[0]!.values).toEqual([1, 2, 3]);
  expect(chartData(spec, [region, orders], calendar).labels[0]).toBe('2025-02');
});

test('values no axis can hold are not drawn', () => {
  const spec = { type: 'bar' as const, x: 'region', y: ['orders'] };
  const isDrawable = (...values: number[]) =>
    chartData(
      spec,
      [region, orders],
      values.map((value) => ['x', value]),
    ).isDrawable;
  expect(isDrawable(1e308)).toBe(true);
  expect(isDrawable(1.7e308)).toBe(false);
  expect(isDrawable(1e308, -1e308)).toBe(false);
});
