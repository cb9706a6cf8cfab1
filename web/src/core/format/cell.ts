import type { Cell, ColumnType } from '../../api/types';
import type { Column } from '../turn';
import { formatNumber, placesOf } from './number';

const NUMERIC: ReadonlySet<ColumnType> = new Set(['integer', 'decimal', 'float']);

/** Digits in these are names, not amounts: `order_id 3001`, `year 2025`. */
const IDENTIFIER = /(^|_)(id|year|zip|postcode|postal_code|code|phone)$/i;

export const isNumeric = (column: Column): boolean => NUMERIC.has(column.type);
export const isTemporal = ({ type }: Column): boolean =>
  type === 'date' || type === 'timestamp' || type === 'timestamptz';
export const isIdentifier = ({ name }: Column): boolean => IDENTIFIER.test(name);

/** What is counted in hundredths. */
const MONEY =
  /(?<![a-z])(revenue|price|amount|cost|sales|salar|wage|profit|income|spen[dt]|budget|fees?(?![a-z])|tax|balance|turnover|earning|payment|order_value|usd|eur|gbp)/i;
const SAMPLE = 1000;
const EXACT_PLACES = 4;

/**
 * Amounts of one column line up at the point, `82,649.50` above `75,299.00`, and have no more digits
 * after it than tell something. The whole value is a tooltip, a copy or an export away.
 */
export function withPlaces(column: Column, at: number, rows: Cell[][]): Column {
  if (column.type !== 'decimal' && column.type !== 'float') return column;
  let scale = 0;
  let largest = 0;
  for (const { [at]: value } of rows.slice(0, SAMPLE)) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    scale = Math.max(scale, placesOf(value));
    largest = Math.max(largest, Math.abs(Number(value)));
  }
  const most = MONEY.test(column.name) && largest >= 1 ? 2 : placesFor(largest, scale);
  return { ...column, places: [Math.min(scale, most), most] };
}

/** Four digits tell enough: all of them after the point of small values, two after that of large ones. */
function placesFor(largest: number, scale: number): number {
  if (scale <= EXACT_PLACES || largest === 0) return EXACT_PLACES;
  const magnitude = Math.floor(Math.log10(largest));
  return magnitude < 0 ? 3 - magnitude : Math.max(2, 4 - magnitude);
}

/** Whether digits of the value are not shown. */
export const isCut = (value: Cell, { places }: Column): boolean =>
  places !== undefined && typeof value !== 'object' && placesOf(String(value)) > places[1];

export function formatCell(value: Cell | undefined, column: Column): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (isNumeric(column) && !isIdentifier(column))
    return formatNumber(value, ...(column.places ?? []));
  if (column.type.startsWith('timestamp')) return formatTimestamp(String(value));
  return String(value);
}

/** `2026-01-31T09:30:00Z` reads as `2026-01-31 09:30:00Z`: sortable, unambiguous, no locale guess. */
function formatTimestamp(value: string): string {
  return value.replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ').replace(/\.0+(?=Z|[+-]|$)/, '');
}

const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/** A cell of a table is one line: the line ends of its text are marked. */
export const oneLine = (text: string): string => text.replace(LINE_END, ' ↵ ');

/** The value as another program wants it: ungrouped, empty for NULL. */
export function rawCell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Tab-separated, as spreadsheets paste it. */
export function toTsv(table: string[][]): string {
  const line = (row: string[]) =>
    row
      .map((text) => (/[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
      .join('\t');
  return table.map(line).join('\n');
}
