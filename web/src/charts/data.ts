import type { Cell, ChartSpec } from '../api/types';
import { formatCell, withPlaces } from '../core/format/cell';
import { compareNumbers } from '../core/format/number';
import { text } from '../core/i18n/en';
import type { Column } from '../core/turn';

type ChartType = ChartSpec['type'];

/** More points than this tell nothing on a canvas this size. */
const MOST_POINTS = 2000;
/** As many as the palette tells apart. */
const MOST_SERIES = 8;

export interface Series {
  name: string;
  values: (number | null)[];
  /** One of the values as it is read. */
  format: (value: number) => string;
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
  /** What was left out, in words. */
  notes: string[];
  /** Whether an axis can hold the values: floats end at 1.8e308, and an axis is longer than its values. */
  isDrawable: boolean;
}

const toNumber = (value: Cell | undefined): number | null => {
  if (value === null || value === undefined || typeof value === 'object') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

export function chartData(spec: ChartSpec, columns: Column[], allRows: Cell[][]): ChartData {
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name);
  const xAt = indexOf(spec.x);
  const first = allRows.slice(0, MOST_POINTS);
  const isLine = spec.type === 'line' || spec.type === 'area';
  const rows = isLine ? first.toSorted((a, b) => compareCells(a[xAt], b[xAt])) : first;
  const xColumn = columnAt(xAt, columns, rows);
  const labelOf = (row: Cell[]) =>
    formatCell(row[xAt], xColumn).replace(/ 00:00:00(Z|\+00:00)?$/, '');
  const seriesAt = spec.series && spec.type !== 'scatter' ? indexOf(spec.series) : -1;
  const { labels, series } =
    seriesAt < 0
      ? { labels: rows.map(labelOf), series: measures(spec, rows, columns, indexOf) }
      : pivot(rows, labelOf, seriesAt, indexOf(spec.y[0]!), columns);
  const notes: string[] = [];
  if (allRows.length > rows.length) notes.push(text.firstOfRows(rows.length, allRows.length));
  if (series.length > MOST_SERIES) notes.push(text.firstOfSeries(MOST_SERIES, series.length));
  return {
    type: spec.type,
    title: spec.title ?? `${spec.y.map(words).join(', ')} by ${words(spec.x)}`,
    labels: shortDates(labels),
    series: series.slice(0, MOST_SERIES),
    xName: spec.x,
    isStacked: spec.stacked ?? false,
    xValues: spec.type === 'scatter' ? rows.map((row) => toNumber(row[xAt])) : [],
    notes,
    isDrawable: Number.isFinite(1.5 * reach(series)),
  };
}

const columnAt = (at: number, columns: Column[], rows: Cell[][]): Column =>
  withPlaces(columns[at] ?? { name: '', type: 'text' }, at, rows);

const formatIn = (column: Column) => (value: number) => formatCell(value, column);

/** From the lowest value to the highest, zero included. */
function reach(series: Series[]): number {
  let [least, most] = [0, 0];
  for (const { values } of series) {
    for (const value of values) {
      least = Math.min(least, value ?? 0);
      most = Math.max(most, value ?? 0);
    }
  }
  return most - least;
}

/** A line runs along its axis, in whatever order the rows came. NULL is last. */
function compareCells(a: Cell | undefined, b: Cell | undefined): number {
  const isMissing = (value: Cell | undefined) => value === null || value === undefined;
  if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
  if (toNumber(a) !== null && toNumber(b) !== null) {
    return compareNumbers(a as string | number, b as string | number);
  }
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}

function measures(
  spec: ChartSpec,
  rows: Cell[][],
  columns: Column[],
  indexOf: (name: string) => number,
): Series[] {
  return spec.y.map((name) => {
    const at = indexOf(name);
    const values = rows.map((row) => toNumber(row[at]));
    return { name: words(name), values, format: formatIn(columnAt(at, columns, rows)) };
  });
}

/** First days of months stand for their months. */
function shortDates(labels: string[]): string[] {
  const areMonths = labels.length > 1 && labels.every((label) => /^\d{4}-\d\d-01$/.test(label));
  return areMonths ? labels.map((label) => label.slice(0, 7)) : labels;
}

/** Long rows (x, series, y) to one line of values per series. */
function pivot(
  rows: Cell[][],
  labelOf: (row: Cell[]) => string,
  seriesAt: number,
  yAt: number,
  columns: Column[],
) {
  const format = formatIn(columnAt(yAt, columns, rows));
  const labels = [...new Set(rows.map(labelOf))];
  const position = new Map(labels.map((label, at) => [label, at]));
  const byName = new Map<string, Series>();
  for (const row of rows) {
    const name = String(row[seriesAt] ?? 'NULL');
    let series = byName.get(name);
    if (!series) {
      series = { name, values: labels.map(() => null), format };
      byName.set(name, series);
    }
    series.values[position.get(labelOf(row))!] = toNumber(row[yAt]);
  }
  return { labels, series: [...byName.values()] };
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
  parts.push(...data.notes.map((note) => `${note}.`));
  for (const { name, values, format } of data.series.slice(0, 3)) {
    const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
    if (known.length === 0) continue;
    const highest = known.reduce((best, one) => (one.value > best.value ? one : best));
    const lowest = known.reduce((best, one) => (one.value < best.value ? one : best));
    const say = (one: { value: number; at: number }) =>
      `${data.labels[one.at]} with ${format(one.value)}`;
    parts.push(`${name}: highest ${say(highest)}, lowest ${say(lowest)}.`);
  }
  return parts.join(' ');
}
