import type { Cell, ChartSpec } from '../api/types';
import { isIdentifier, isNumeric, isTemporal } from '../core/format/cell';
import type { Column } from '../core/turn';

const MOST_SLICES = 12;
/** Years, months, quarters, weeks and days, as statements write them. */
const CALENDAR = /^\d{4}([-/ ]?(Q[1-4]|W\d\d|\d\d([-/]\d\d)?))?$/i;
const SAMPLE = 200;

/** Axes by rule, to draw a result on request that the server chose no chart for. */
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
export function chartTypesFor(
  spec: ChartSpec,
  columns: Column[],
  rows: Cell[][],
): ChartSpec['type'][] {
  const x = columns.findIndex(({ name }) => name === spec.x);
  const types: ChartSpec['type'][] = ['bar', 'hbar'];
  if (x >= 0 && isOrdered(columns[x]!, x, rows)) types.push('line', 'area');
  if (spec.y.length === 1 && !spec.series && rows.length <= MOST_SLICES) types.push('pie');
  if (x >= 0 && isNumeric(columns[x]!)) types.push('scatter');
  if (rows.length === 1) types.unshift('kpi');
  return types.includes(spec.type) ? types : [spec.type, ...types];
}

/** Between neighbours of such a column lies something; a line between names would invent it. */
function isOrdered(column: Column, at: number, rows: Cell[][]): boolean {
  if (isTemporal(column) || isNumeric(column)) return true;
  return rows.slice(0, SAMPLE).every(({ [at]: value }) => {
    return value === null || (typeof value === 'string' && CALENDAR.test(value));
  });
}
