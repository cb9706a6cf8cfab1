import type { Cell, ChartSpec } from '../api/types';
import { isIdentifier, isNumeric, isTemporal } from '../core/format/cell';
import type { Column } from '../core/turn';

const MOST_SLICES = 12;
/** Values under such names add up to nothing. */
const NOT_ADDITIVE =
  /(^|[^a-z])(avg|average|mean|median|mode|rate|ratio|min|max|lowest|highest|stdev|stddev|variance|per|percentile)(?![a-z])/i;
const MOST_PLACES = 30;
/** Whole numbers further apart than this many times their count are amounts, not places in an order. */
const SPARSEST = 4;
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
  if (!label) return betweenMeasures(y, columns, rows);
  if (isTemporal(label)) return { type: 'line', x: label.name, y };
  const at = columns.indexOf(label);
  const isLong = rows.some((row) => String(row[at] ?? '').length > 14);
  return { type: isLong ? 'hbar' : 'bar', x: label.name, y: y.slice(0, 1) };
}

const indexIn = (columns: Column[]) => (wanted: string) =>
  columns.findIndex(({ name }) => name === wanted);

function betweenMeasures(names: string[], columns: Column[], rows: Cell[][]): ChartSpec | null {
  const indexOf = indexIn(columns);
  const place = names.find((name) => arePlaces(rows.map((row) => row[indexOf(name)])));
  const [x, y] = place ? [place, names.find((name) => name !== place)] : names;
  return y === undefined ? null : { type: place ? 'bar' : 'scatter', x: x!, y: [y] };
}

/** Places in an order, each once: weekdays, months, hours, floors, stars. */
function arePlaces(values: (Cell | undefined)[]): boolean {
  const numbers = values.map((value) => (value === null ? NaN : Number(value)));
  if (numbers.length > MOST_PLACES || !numbers.every(Number.isInteger)) return false;
  const reach = Math.max(...numbers) - Math.min(...numbers);
  return new Set(numbers).size === numbers.length && reach <= SPARSEST * numbers.length;
}

/** The kinds that can show the same columns. `isWhole` says that the rows are all there are. */
export function chartTypesFor(
  spec: ChartSpec,
  columns: Column[],
  rows: Cell[][],
  isWhole: boolean,
): ChartSpec['type'][] {
  const indexOf = indexIn(columns);
  const x = indexOf(spec.x);
  const types: ChartSpec['type'][] = ['bar', 'hbar'];
  if (x >= 0 && isOrdered(columns[x]!, x, rows)) types.push('line', 'area');
  const isOne = spec.y.length === 1 && !spec.series;
  if (isOne && isWhole && areParts(spec.y[0]!, indexOf(spec.y[0]!), rows)) types.push('pie');
  if (x >= 0 && isNumeric(columns[x]!)) types.push('scatter');
  if (rows.length === 1) types.unshift('kpi');
  return types.includes(spec.type) ? types : [spec.type, ...types];
}

/** Slices say that values are parts of one whole: averages, rates and losses are not. */
function areParts(name: string, at: number, rows: Cell[][]): boolean {
  const isAdditive = !NOT_ADDITIVE.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'));
  return isAdditive && rows.length <= MOST_SLICES && rows.every((row) => Number(row[at]) >= 0);
}

/** Between neighbours of such a column lies something; a line between names would invent it. */
function isOrdered(column: Column, at: number, rows: Cell[][]): boolean {
  if (isTemporal(column) || isNumeric(column)) return true;
  return rows.slice(0, SAMPLE).every(({ [at]: value }) => {
    return value === null || (typeof value === 'string' && CALENDAR.test(value));
  });
}
