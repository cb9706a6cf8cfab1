import type { Cell } from '../api/types';
import { formatCell, isNumeric } from '../core/format/cell';
import type { Column } from '../core/turn';

const SAMPLE = 50;
const CHARACTER = 7.9;
const PADDING = 26;

export const LEAST_WIDTH = 56;
export const MOST_WIDTH = 900;

/** First widths, from the heading and a sample of values; long text is cut, the user may widen. */
export function guessWidths(columns: Column[], rows: Cell[][]): number[] {
  return columns.map((column, at) => {
    const longest = rows
      .slice(0, SAMPLE)
      .reduce((most, row) => Math.max(most, formatCell(row[at], column).length), 0);
    const characters = Math.max(column.name.length + 2, Math.min(longest, 36));
    return Math.max(isNumeric(column) ? 80 : 72, Math.round(characters * CHARACTER + PADDING));
  });
}
