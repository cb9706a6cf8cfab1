/** The active cell and the corner a range was begun at. Row -1 is the heading. */
export interface Place {
  row: number;
  column: number;
}

export interface Selection {
  anchor: Place;
  active: Place;
}

export interface Bounds {
  rows: number;
  columns: number;
  page: number;
}

const clamp = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), most);

/** Where a key leads, or `null` when it is no movement. */
export function moveBy(key: string, isJump: boolean, from: Place, bounds: Bounds): Place | null {
  const { row, column } = from;
  const last = { row: bounds.rows - 1, column: bounds.columns - 1 };
  const target: Place | undefined = {
    ArrowUp: { row: isJump ? 0 : row - 1, column },
    ArrowDown: { row: isJump ? last.row : row + 1, column },
    ArrowLeft: { row, column: isJump ? 0 : column - 1 },
    ArrowRight: { row, column: isJump ? last.column : column + 1 },
    PageUp: { row: row - bounds.page, column },
    PageDown: { row: row + bounds.page, column },
    Home: { row: isJump ? 0 : row, column: 0 },
    End: { row: isJump ? last.row : row, column: last.column },
  }[key];
  if (!target) return null;
  return { row: clamp(target.row, -1, last.row), column: clamp(target.column, 0, last.column) };
}

/** The rectangle of body cells, both ends included. */
export function rangeOf({ anchor, active }: Selection) {
  return {
    top: Math.max(0, Math.min(anchor.row, active.row)),
    bottom: Math.max(anchor.row, active.row),
    left: Math.min(anchor.column, active.column),
    right: Math.max(anchor.column, active.column),
  };
}
