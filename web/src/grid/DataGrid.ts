import type { Cell } from '../api/types';
import { rawCell, toTsv, withPlaces } from '../core/format/cell';
import type { Column } from '../core/turn';
import { writeClipboard } from '../ui/clipboard';
import { adoptCss } from '../ui/adoptCss';
import css from './grid.css?inline';
import { GridBody, ROW_HEIGHT } from './body';
import { GridHead } from './head';
import { moveBy, rangeOf, type Place, type Selection } from './selection';
import { sortRows, type SortOrder } from './sort';
import { fitWidths, measure } from './widths';

const MOST_VISIBLE_ROWS = 10;
/** Several grids share one shadow root, and ids must not meet. */
let gridCount = 0;

/**
 * A read-only grid for any number of rows: only the cells in sight are in the document. One tab stop;
 * arrows move the active cell, Shift extends, Ctrl+C copies, Enter on a heading sorts,
 * Shift+arrows on a heading resize.
 */
export class DataGrid {
  private readonly element = document.createElement('div');
  private readonly head: GridHead;
  private readonly body: GridBody;
  /** The columns as given, and as shown. */
  private source: Column[] = [];
  private columns: Column[] = [];
  private rows: Cell[][] = [];
  /** Characters each column needs, and how many rows have been measured for that. */
  private needs: number[] = [];
  private measured = 0;
  private isRtl = false;
  private order: Uint32Array | null = null;
  private sort: SortOrder | null = null;
  private selection: Selection | null = null;
  private readonly observer = new ResizeObserver(() => {
    this.fit();
    this.render();
  });

  constructor(host: HTMLElement, label: string) {
    adoptCss(host.getRootNode() as ShadowRoot, css);
    const { element } = this;
    element.className = 'grid';
    element.tabIndex = 0;
    element.role = 'grid';
    element.ariaLabel = label;
    element.ariaReadOnly = 'true';
    element.ariaMultiSelectable = 'true';
    const prefix = `g${++gridCount}`;
    this.head = new GridHead(prefix, {
      onSort: (column) => this.sortBy(column),
      onResize: () => this.render(),
    });
    this.body = new GridBody(prefix);
    element.append(this.head.element, this.body.element);
    host.append(element);
    element.addEventListener('scroll', () => this.render(), { passive: true });
    element.addEventListener('keydown', (event) => this.onKey(event));
    element.addEventListener('pointerdown', (event) => this.onPointer(event));
    element.addEventListener(
      'pointermove',
      (event) => event.buttons === 1 && this.onPointer(event),
    );
    element.addEventListener('focus', () => {
      if (!this.selection) this.select({ row: 0, column: 0 }, false);
    });
    this.observer.observe(element);
  }

  /** Called again as rows arrive: `rows` grows in place. */
  show(columns: Column[], rows: Cell[][]): void {
    const isOther = columns !== this.source || rows !== this.rows;
    if (isOther) {
      this.sort = null;
      this.selection = null;
    }
    if (isOther || this.body.count === 0) {
      this.source = columns;
      this.columns = columns.map((column, at) => withPlaces(column, at, rows));
      this.head.show(this.columns);
      this.needs = [];
      this.measured = 0;
    }
    this.rows = rows;
    this.needs = measure(this.columns, rows, this.measured, this.needs);
    this.measured = rows.length;
    this.order = this.sort && sortRows(rows, columns[this.sort.column]!, this.sort);
    const visible = Math.min(Math.max(rows.length, 1), MOST_VISIBLE_ROWS);
    this.element.style.setProperty('--visible-rows', String(visible));
    this.element.ariaRowCount = String(rows.length + 1);
    this.element.ariaColCount = String(columns.length);
    this.fit();
    this.render();
  }

  destroy(): void {
    this.observer.disconnect();
    this.element.remove();
  }

  /** Gives the columns the room there is. */
  private fit(): void {
    const { clientWidth } = this.element;
    this.isRtl = getComputedStyle(this.element).direction === 'rtl';
    this.head.fit(fitWidths(this.columns, this.needs, clientWidth));
    this.element.classList.toggle('wide', this.head.offsets.at(-1)! > clientWidth);
  }

  private rowAt = (at: number): Cell[] => this.rows[this.order ? this.order[at]! : at]!;

  private render(): void {
    const { element, head, columns, rows, selection } = this;
    head.render(this.sort, selection?.active ?? null);
    this.body.render({
      isRtl: this.isRtl,
      columns,
      offsets: head.offsets,
      count: rows.length,
      rowAt: this.rowAt,
      selection,
      view: {
        top: element.scrollTop,
        height: element.clientHeight,
        left: Math.abs(element.scrollLeft),
        width: element.clientWidth,
      },
    });
    const active = element.querySelector('.active');
    if (active) element.setAttribute('aria-activedescendant', active.id);
    else element.removeAttribute('aria-activedescendant');
  }

  private sortBy(column: number): void {
    const { sort } = this;
    if (sort?.column !== column) this.sort = { column, isDescending: false };
    else this.sort = sort.isDescending ? null : { column, isDescending: true };
    this.order = this.sort && sortRows(this.rows, this.columns[column]!, this.sort);
    this.render();
  }

  private select(active: Place, isExtending: boolean): void {
    const anchor = isExtending && this.selection ? this.selection.anchor : active;
    this.selection = { anchor, active };
    this.scrollTo(active);
    this.render();
  }

  private scrollTo({ row, column }: Place): void {
    const { element, head } = this;
    const top = row * ROW_HEIGHT;
    const below = top + 2 * ROW_HEIGHT - element.clientHeight;
    if (row >= 0) element.scrollTop = Math.min(Math.max(element.scrollTop, below), top);
    const [left, right] = [head.offsets[column]!, head.offsets[column + 1]!];
    const sign = this.isRtl ? -1 : 1;
    const scrolled = Math.max(element.scrollLeft * sign, right - element.clientWidth);
    element.scrollLeft = Math.min(scrolled, left) * sign;
  }

  private onKey(event: KeyboardEvent): void {
    const from = this.selection?.active;
    if (!from) return;
    const isJump = event.ctrlKey || event.metaKey;
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (from.row < 0 && event.shiftKey && direction) {
      this.head.resizeBy(from.column, direction * 16);
    } else if (from.row < 0 && (event.key === 'Enter' || event.key === ' ')) {
      this.sortBy(from.column);
    } else if (isJump && event.key === 'c') {
      this.copy(this.selection!);
    } else if (isJump && event.key === 'a') {
      const active = { row: this.rows.length - 1, column: this.columns.length - 1 };
      this.selection = { anchor: { row: 0, column: 0 }, active };
      this.render();
    } else {
      const page = Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1;
      const bounds = { rows: this.rows.length, columns: this.columns.length, page };
      const target = moveBy(event.key, isJump, from, bounds);
      if (!target) return;
      this.select(target, event.shiftKey);
    }
    event.preventDefault();
  }

  private onPointer(event: PointerEvent): void {
    const place = this.body.placeOf(event.target as Element);
    if (place) this.select(place, event.shiftKey || event.type === 'pointermove');
  }

  /** A range takes its headings along, a single cell does not. */
  private copy(selection: Selection): void {
    const { top, bottom, left, right } = rangeOf(selection);
    const isRange = top !== bottom || left !== right;
    const header = this.columns.slice(left, right + 1).map(({ name }) => name);
    const cells = Array.from({ length: Math.max(0, bottom - top + 1) }, (_, at) =>
      this.rowAt(top + at)
        .slice(left, right + 1)
        .map(rawCell),
    );
    const table = isRange || bottom < 0 ? [header, ...cells] : cells;
    void writeClipboard(toTsv(table), this.element);
  }
}
