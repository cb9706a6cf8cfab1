import type { Cell } from '../api/types';
import { formatCell, isNumeric, oneLine } from '../core/format/cell';
import type { Column } from '../core/turn';

/** Rows of each arrival that are measured. */
const SAMPLE = 100;
const CHARACTER = 7.9;
const PADDING = 26;
/** Longer texts get more only where there is room to spare. */
const FIRST_CHARACTERS = 36;
/** As wide as two of the others in a monospaced font. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g;

export const LEAST_WIDTH = 56;
export const MOST_WIDTH = 900;

const charactersOf = (text: string): number =>
  text.length > 500 ? text.length : text.length + (text.match(WIDE)?.length ?? 0);

/** What a column needs, in characters, after the rows from `from` on are looked at as well. */
export function measure(
  columns: Column[],
  rows: Cell[][],
  from: number,
  known: number[],
): number[] {
  const step = Math.max(1, Math.floor((rows.length - from) / SAMPLE));
  const needs = columns.map(({ name }, at) => known[at] ?? charactersOf(name) + 2);
  const look = (row: Cell[]) =>
    columns.forEach((column, at) => {
      const characters = charactersOf(oneLine(formatCell(row[at], column)));
      needs[at] = Math.max(needs[at]!, characters);
    });
  for (let row = from; row < rows.length; row += step) look(rows[row]!);
  // Numbers that count up are longest at the end.
  if (rows.length > from) look(rows.at(-1)!);
  return needs;
}

/** Widths in pixels: no text takes more than its share, unless `room` would stay empty. */
export function fitWidths(columns: Column[], needs: number[], room: number): number[] {
  const full = columns.map((column, at) =>
    Math.min(
      MOST_WIDTH,
      Math.max(isNumeric(column) ? 80 : 72, Math.round(needs[at]! * CHARACTER + PADDING)),
    ),
  );
  const cap = FIRST_CHARACTERS * CHARACTER + PADDING;
  const widths = full.map((width) => Math.min(width, Math.round(cap)));
  let spare = room - widths.reduce((sum, width) => sum + width, 0);
  const cut = full.flatMap((width, at) => (width > widths[at]! ? [at] : []));
  // Those that need least first: what they leave is for the others.
  cut.sort((a, b) => full[a]! - full[b]!);
  cut.forEach((at, done) => {
    const share = Math.max(0, Math.floor(spare / (cut.length - done)));
    const more = Math.min(share, full[at]! - widths[at]!);
    widths[at]! += more;
    spare -= more;
  });
  return widths;
}
