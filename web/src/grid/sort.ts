import type { Cell } from '../api/types';
import { compareNumbers } from '../core/format/number';
import { isNumeric, rawCell } from '../core/format/cell';
import type { Column } from '../core/turn';

export interface SortOrder {
  column: number;
  isDescending: boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * The order of row numbers. Unique values are ranked once and rows compared by rank: the costly
 * comparison runs per distinct value, not per row. NULL sorts last either way; ties keep their order.
 */
export function sortRows(rows: Cell[][], column: Column, { column: at, isDescending }: SortOrder) {
  const order = Uint32Array.from(rows, (_, row) => row);
  const keys = rows.map((row) => row[at] ?? null);
  const unique = [...new Set(keys)].filter((key) => key !== null);
  const compare: (a: Cell, b: Cell) => number = isNumeric(column)
    ? (a, b) => compareNumbers(a as number, b as number)
    : (a, b) => collator.compare(rawCell(a), rawCell(b));
  unique.sort(isDescending ? (a, b) => compare(b, a) : compare);
  const rank = new Map<Cell, number>([[null, unique.length]]);
  let last = 0;
  unique.forEach((key, index) => {
    // Equal values of different spelling (1 and 1.0) share a rank.
    if (index > 0 && compare(unique[index - 1]!, key) !== 0) last = index;
    rank.set(key, last);
  });
  const ranks = Uint32Array.from(keys, (key) => rank.get(key)!);
  return order.sort((a, b) => ranks[a]! - ranks[b]! || a - b);
}
