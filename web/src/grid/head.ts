import { isNumeric } from '../core/format/cell';
import type { Column } from '../core/turn';
import type { Place } from './selection';
import type { SortOrder } from './sort';
import { LEAST_WIDTH, MOST_WIDTH } from './widths';

interface HeadEvents {
  onSort: (column: number) => void;
  onResize: () => void;
}

/** The sticky heading: names, sort marks and resize handles. It owns the column widths. */
export class GridHead {
  readonly element = document.createElement('div');
  private readonly row = document.createElement('div');
  private cells: HTMLElement[] = [];
  private widths: number[] = [];
  /** Columns that somebody has sized keep their sizes. */
  private isSized = false;
  /** Left edge of each column, and the right edge of the last. */
  offsets: number[] = [0];

  constructor(
    private readonly prefix: string,
    private readonly events: HeadEvents,
  ) {
    this.element.className = 'grid-head';
    this.element.role = 'rowgroup';
    this.row.role = 'row';
    this.row.ariaRowIndex = '1';
    this.element.append(this.row);
  }

  show(columns: Column[]): void {
    this.isSized = false;
    this.cells = columns.map((column, at) => this.cellOf(column, at));
    this.row.replaceChildren(...this.cells);
  }

  fit(widths: number[]): void {
    if (this.isSized) return;
    this.widths = widths;
    this.layOut();
  }

  render(sort: SortOrder | null, active: Place | null): void {
    this.cells.forEach((cell, at) => {
      const isSorted = sort?.column === at;
      const direction = sort?.isDescending ? 'descending' : 'ascending';
      cell.ariaSort = isSorted ? direction : 'none';
      cell.classList.toggle('active', active?.row === -1 && active.column === at);
    });
  }

  resizeBy(column: number, pixels: number): void {
    this.isSized = true;
    const width = (this.widths[column] ?? 0) + pixels;
    this.widths[column] = Math.min(Math.max(width, LEAST_WIDTH), MOST_WIDTH);
    this.layOut();
    this.events.onResize();
  }

  private cellOf(column: Column, at: number): HTMLElement {
    const cell = document.createElement('div');
    cell.id = `${this.prefix}h${at}`;
    cell.className = isNumeric(column) ? 'cell numeric' : 'cell';
    cell.role = 'columnheader';
    cell.ariaColIndex = String(at + 1);
    cell.title = `${column.name} (${column.type})`;
    const name = document.createElement('span');
    name.textContent = column.name;
    name.dir = 'auto';
    cell.append(name, this.handleOf(at));
    cell.addEventListener('click', () => this.events.onSort(at));
    return cell;
  }

  private handleOf(column: number): HTMLElement {
    const handle = document.createElement('i');
    handle.className = 'handle';
    handle.addEventListener('click', (event) => event.stopPropagation());
    handle.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener('pointermove', (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const sign = getComputedStyle(handle).direction === 'rtl' ? -1 : 1;
      this.resizeBy(column, event.movementX * sign);
    });
    return handle;
  }

  private layOut(): void {
    this.offsets = [0];
    this.widths.forEach((width, at) => {
      const left = this.offsets[at]!;
      this.offsets.push(left + width);
      const { style } = this.cells[at]!;
      style.insetInlineStart = `${left}px`;
      style.inlineSize = `${width}px`;
    });
    this.element.style.inlineSize = `${this.offsets.at(-1)}px`;
  }
}
