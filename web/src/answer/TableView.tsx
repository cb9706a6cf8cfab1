import { useEffect, useRef } from 'preact/hooks';
import { text } from '../core/i18n/en';
import type { Turn } from '../core/turn';
import { useLazy } from '../ui/useLazy';
import type { DataGrid } from '../grid/DataGrid';

const loadGrid = () => import('../grid/DataGrid');

/** The rows in the virtualised grid, which is fetched with the first result. */
export function TableView({ turn }: { turn: Turn }) {
  const module = useLazy(loadGrid);
  const host = useRef<HTMLDivElement>(null);
  const grid = useRef<DataGrid | null>(null);

  useEffect(() => {
    if (!module || module === 'failed') return;
    grid.current = new module.DataGrid(host.current!, text.result);
    return () => {
      grid.current?.destroy();
      grid.current = null;
    };
  }, [module]);

  useEffect(() => {
    grid.current?.show(turn.columns, turn.rows);
  }, [module, turn.columns, turn.rows, turn.rowCount]);

  return (
    <div class="grid-host" ref={host}>
      {module === null && <p class="hint">{text.loadingPart}</p>}
      {module === 'failed' && <p class="hint">{text.loadFailed}</p>}
    </div>
  );
}
