import type { Cell } from '../api/types';
import { formatCell, rawCell, withPlaces } from '../core/format/cell';
import type { Column } from '../core/turn';

interface KpiProps {
  /** The columns to show. */
  names: string[];
  columns: Column[];
  row: Cell[];
}

/** One row as big values, each under its name in words. */
export function Kpi({ names, columns, row }: KpiProps) {
  return (
    <dl class="kpis">
      {names.map((name) => {
        const at = columns.findIndex((column) => column.name === name);
        if (at < 0) return null;
        return (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd title={rawCell(row[at])}>
              {formatCell(row[at], withPlaces(columns[at]!, at, [row]))}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
