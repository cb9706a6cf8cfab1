import type { Cell, ChartSpec } from '../api/types';
import { formatCell } from '../core/format/cell';
import type { Column } from '../core/turn';

interface KpiProps {
  spec: ChartSpec;
  columns: Column[];
  row: Cell[];
}

/** One row as big numbers. */
export function Kpi({ spec, columns, row }: KpiProps) {
  const names = spec.y.length > 0 ? spec.y : [spec.x];
  return (
    <dl class="kpis">
      {names.map((name) => {
        const at = columns.findIndex((column) => column.name === name);
        if (at < 0) return null;
        return (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>{formatCell(row[at], columns[at]!)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
