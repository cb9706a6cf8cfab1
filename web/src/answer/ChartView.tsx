import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChartSpec } from '../api/types';
import { chartData, chartTypesFor, chooseChart, summarise } from '../charts/spec';
import { text } from '../core/i18n/en';
import type { Turn } from '../core/turn';
import type { Theme } from '../tokens/palette';
import { Button } from '../ui/Button';
import { fileName, saveFile } from '../ui/download';
import { useLazy } from '../ui/useLazy';
import { Kpi } from './Kpi';

const loadCharts = () => import('../charts/chartjs');

interface ChartViewProps {
  turn: Turn;
  theme: Theme;
  onShowTable: () => void;
}

export function ChartView({ turn, theme, onShowTable }: ChartViewProps) {
  const { columns, rows, rowCount } = turn;
  const base = useMemo(
    () => turn.chart ?? chooseChart(columns, rows),
    [turn.chart, columns, rows, rowCount],
  );
  const [picked, setPicked] = useState<ChartSpec['type'] | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  if (!base) return <p class="hint">{text.noChart}</p>;

  const type = picked ?? base.type;
  const types = chartTypesFor(base, columns, rows);
  const save = () =>
    canvas.current?.toBlob((png) => png && saveFile(png, fileName(turn.question, 'png')));
  return (
    <div class="chart">
      <div class="toolbar">
        <select
          class="select"
          aria-label={text.chartType}
          value={type}
          onChange={(event) => setPicked(event.currentTarget.value as ChartSpec['type'])}
        >
          {types.map((name) => (
            <option key={name} value={name}>
              {text.chartTypes[name]}
            </option>
          ))}
        </select>
        <span class="spacer" />
        <Button icon="table" onClick={onShowTable}>
          {text.showAsTable}
        </Button>
        {type !== 'kpi' && (
          <Button icon="download" label={text.exportAs(text.savePng)} onClick={save}>
            {text.savePng}
          </Button>
        )}
      </div>
      {type === 'kpi' ? (
        <Kpi spec={base} columns={columns} row={rows[0] ?? []} />
      ) : (
        <Drawing spec={{ ...base, type }} turn={turn} theme={theme} canvas={canvas} />
      )}
    </div>
  );
}

interface DrawingProps {
  spec: ChartSpec;
  turn: Turn;
  theme: Theme;
  canvas: { current: HTMLCanvasElement | null };
}

function Drawing({ spec, turn, theme, canvas }: DrawingProps) {
  const module = useLazy(loadCharts);
  const { columns, rows, rowCount } = turn;
  const data = useMemo(
    () => chartData(spec, columns, rows),
    [spec.type, spec.x, spec.series, columns, rows, rowCount],
  );
  useEffect(() => {
    if (!module || module === 'failed' || !canvas.current) return;
    return module.drawChart(canvas.current, data, theme);
  }, [module, data, theme]);
  if (module === 'failed') return <p class="hint">{text.loadFailed}</p>;
  return (
    <div class="chart-area">
      {module === null && <p class="hint">{text.loadingPart}</p>}
      <canvas ref={canvas} role="img" aria-label={summarise(data)} />
    </div>
  );
}
