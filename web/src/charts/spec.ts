import type { Cell, ChartSpec } from '../api/types';
import { formatCell, isIdentifier, isNumeric, isTemporal } from '../core/format/cell';
import { formatNumber } from '../core/format/number';
import type { Column } from '../core/turn';

type ChartType = ChartSpec['type'];

/** More points than this tell nothing on a canvas this size. */
const MOST_POINTS = 2000;
const MOST_SLICES = 12;
const MOST_SERIES = 8;

export interface Series {
  name: string;
  values: (number | null)[];
}

export interface ChartData {
  type: ChartType;
  title: string;
  labels: string[];
  series: Series[];
  xName: string;
  isStacked: boolean;
  /** Only in a scatter: the x of each point. */
  xValues: (number | null)[];
  /** Points that were left out. */
  omitted: number;
}

/** A chart by rule, for an answer the server drew none for. */
export function chooseChart(columns: Column[], rows: Cell[][]): ChartSpec | null {
  const measures = columns.filter((column) => isNumeric(column) && !isIdentifier(column));
  const label = columns.find((column) => !measures.includes(column));
  if (measures.length === 0 || rows.length === 0) return null;
  const y = measures.map(({ name }) => name);
  if (rows.length === 1) return { type: 'kpi', x: label?.name ?? y[0]!, y };
  if (!label) return y.length < 2 ? null : { type: 'scatter', x: y[0]!, y: [y[1]!] };
  if (isTemporal(label)) return { type: 'line', x: label.name, y };
  const at = columns.indexOf(label);
  const isLong = rows.some((row) => String(row[at] ?? '').length > 14);
  return { type: isLong ? 'hbar' : 'bar', x: label.name, y: y.slice(0, 1) };
}

/** The kinds that can show the same columns. */
export function chartTypesFor(spec: ChartSpec, columns: Column[], rows: Cell[][]): ChartType[] {
  const x = columns.find(({ name }) => name === spec.x);
  const types: ChartType[] = ['bar', 'hbar', 'line', 'area'];
  if (spec.y.length === 1 && !spec.series && rows.length <= MOST_SLICES) types.push('pie');
  if (x && isNumeric(x)) types.push('scatter');
  if (rows.length === 1) types.unshift('kpi');
  return types.includes(spec.type) ? types : [spec.type, ...types];
}

const toNumber = (value: Cell | undefined): number | null => {
  if (value === null || value === undefined || typeof value === 'object') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

export function chartData(spec: ChartSpec, columns: Column[], allRows: Cell[][]): ChartData {
  const rows = allRows.slice(0, MOST_POINTS);
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name);
  const xAt = indexOf(spec.x);
  const xColumn = columns[xAt] ?? { name: spec.x, type: 'text' as const };
  const labelOf = (row: Cell[]) =>
    formatCell(row[xAt], xColumn).replace(/ 00:00:00(Z|\+00:00)?$/, '');
  const shared = {
    type: spec.type,
    title: spec.title ?? `${spec.y.map(words).join(', ')} by ${words(spec.x)}`,
    xName: spec.x,
    isStacked: spec.stacked ?? false,
    xValues: spec.type === 'scatter' ? rows.map((row) => toNumber(row[xAt])) : [],
    omitted: allRows.length - rows.length,
  };
  const seriesAt = spec.series ? indexOf(spec.series) : -1;
  if (seriesAt >= 0 && spec.type !== 'scatter') {
    return { ...shared, ...pivot(rows, labelOf, seriesAt, indexOf(spec.y[0]!)) };
  }
  const series = spec.y.map((name) => {
    const at = indexOf(name);
    return { name: words(name), values: rows.map((row) => toNumber(row[at])) };
  });
  return { ...shared, labels: shortDates(rows.map(labelOf)), series };
}

/** First days of months stand for their months. */
function shortDates(labels: string[]): string[] {
  const areMonths = labels.length > 1 && labels.every((label) => /^\d{4}-\d\d-01$/.test(label));
  return areMonths ? labels.map((label) => label.slice(0, 7)) : labels;
}

/** Long rows (x, series, y) to one line of values per series. */
function pivot(rows: Cell[][], labelOf: (row: Cell[]) => string, seriesAt: number, yAt: number) {
  const names = [...new Set(rows.map(labelOf))];
  const labels = shortDates(names);
  const position = new Map(names.map((label, at) => [label, at]));
  const byName = new Map<string, Series>();
  for (const row of rows) {
    const name = String(row[seriesAt] ?? 'NULL');
    let series = byName.get(name);
    if (!series) {
      series = { name, values: labels.map(() => null) };
      byName.set(name, series);
    }
    series.values[position.get(labelOf(row))!] = toNumber(row[yAt]);
  }
  return { labels, series: [...byName.values()].slice(0, MOST_SERIES) };
}

const words = (name: string) => name.replaceAll('_', ' ');

const kinds: Record<ChartType, string> = {
  kpi: 'Number',
  bar: 'Bar chart',
  hbar: 'Bar chart',
  line: 'Line chart',
  area: 'Area chart',
  pie: 'Doughnut chart',
  scatter: 'Scatter chart',
};

/** The chart in one sentence, for those who cannot see it. */
export function summarise(data: ChartData): string {
  const parts = [`${kinds[data.type]}: ${data.title}, ${data.labels.length} points.`];
  for (const { name, values } of data.series.slice(0, 3)) {
    const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
    if (known.length === 0) continue;
    const highest = known.reduce((best, one) => (one.value > best.value ? one : best));
    const lowest = known.reduce((best, one) => (one.value < best.value ? one : best));
    const say = (one: { value: number; at: number }) =>
      `${data.labels[one.at]} with ${formatNumber(one.value)}`;
    parts.push(`${name}: highest ${say(highest)}, lowest ${say(lowest)}.`);
  }
  return parts.join(' ');
}
