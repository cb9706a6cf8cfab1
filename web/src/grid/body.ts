import type { Cell } from '../api/types';
import { formatCell, isCut, isNumeric, oneLine, rawCell } from '../core/format/cell';
import type { Column } from '../core/turn';
import { rangeOf, type Place, type Selection } from './selection';

export const ROW_HEIGHT = 30;
const SPARE_ROWS = 4;

export interface BodyState {
  columns: Column[];
  offsets: number[];
  count: number;
  rowAt: (at: number) => Cell[];
  selection: Selection | null;
  isRtl: boolean;
  view: { top: number; height: number; left: number; width: number };
}

/** The rows in sight. Row and cell elements are reused: scrolling makes no new ones. */
export class GridBody {
  readonly element = document.createElement('div');
  private readonly pool: HTMLElement[] = [];
  count = 0;

  constructor(private readonly prefix: string) {
    this.element.className = 'grid-body';
    this.element.role = 'rowgroup';
  }

  render(state: BodyState): void {
    const { columns, offsets, view } = state;
    this.count = state.count;
    this.element.style.blockSize = `${state.count * ROW_HEIGHT}px`;
    this.element.style.inlineSize = `${offsets.at(-1)}px`;
    const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - SPARE_ROWS);
    const last = Math.min(
      state.count,
      Math.ceil((view.top + view.height) / ROW_HEIGHT) + SPARE_ROWS,
    );
    const left = Math.max(
      0,
      offsets.findIndex((_, at) => offsets[at + 1]! > view.left),
    );
    let right = left;
    while (right < columns.length && offsets[right]! < view.left + view.width) right++;
    const needed = Math.max(0, last - first);
    while (this.pool.length < needed) this.pool.push(newRow());
    if (this.element.childElementCount !== needed) {
      this.element.replaceChildren(...this.pool.slice(0, needed));
    }
    for (let at = 0; at < needed; at++) {
      fillRow(this.pool[at]!, first + at, left, right, { ...state, prefix: this.prefix });
    }
  }

  placeOf(target: Element): Place | null {
    const cell = target.closest<HTMLElement>('[role=gridcell]');
    if (!cell) return null;
    return { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
  }
}

function newRow(): HTMLElement {
  const row = document.createElement('div');
  row.className = 'row';
  row.role = 'row';
  return row;
}

function newCell(): HTMLElement {
  const cell = document.createElement('div');
  cell.role = 'gridcell';
  return cell;
}

type FillState = BodyState & { prefix: string };

function fillRow(
  row: HTMLElement,
  at: number,
  left: number,
  right: number,
  state: FillState,
): void {
  row.style.transform = `translateY(${at * ROW_HEIGHT}px)`;
  row.ariaRowIndex = String(at + 2);
  row.classList.toggle('odd', at % 2 === 1);
  while (row.childElementCount < right - left) row.append(newCell());
  while (row.childElementCount > right - left) row.lastElementChild!.remove();
  const values = state.rowAt(at);
  for (let column = left; column < right; column++) {
    const cell = row.children[column - left] as HTMLElement;
    fillCell(cell, { row: at, column }, values[column] ?? null, state);
  }
}

function fillCell(cell: HTMLElement, place: Place, value: Cell, state: FillState): void {
  const { row, column } = place;
  const { offsets, selection } = state;
  const description = state.columns[column]!;
  const whole = formatCell(value, description);
  const text = oneLine(whole);
  if (cell.textContent !== text) cell.textContent = text;
  cell.id = `${state.prefix}c${row}-${column}`;
  cell.dataset['row'] = String(row);
  cell.dataset['column'] = String(column);
  cell.ariaColIndex = String(column + 1);
  // Each text runs its own way, from where it begins. The place is the grid's, so it is given in
  // physical terms: logical ones would follow the text.
  const isNumber = isNumeric(description);
  cell.dir = isNumber ? '' : 'auto';
  cell.style[state.isRtl ? 'right' : 'left'] = `${offsets[column]}px`;
  cell.style.inlineSize = `${offsets[column + 1]! - offsets[column]!}px`;
  const range = selection && rangeOf(selection);
  const isSelected =
    range !== null &&
    row >= range.top &&
    row <= range.bottom &&
    column >= range.left &&
    column <= range.right;
  const isActive = selection?.active.row === row && selection.active.column === column;
  cell.ariaSelected = String(isSelected);
  const names = ['cell'];
  if (isNumber) names.push('numeric');
  if (value === null) names.push('null');
  if (isSelected) names.push('selected');
  if (isActive) names.push('active');
  cell.className = names.join(' ');
  const isShort = text === whole && text.length <= 30 && !isCut(value, description);
  if (isShort) cell.title = '';
  else cell.title = isNumber ? rawCell(value) : whole;
}
