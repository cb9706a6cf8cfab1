import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Kpi } from '../answer/Kpi';
import type { ChartSpec } from '../api/types';
import { text } from '../core/i18n/en';
import type { Turn } from '../core/turn';
import type { Theme } from '../tokens/palette';
import { Button } from '../ui/Button';
import { fileName, saveFile } from '../ui/download';
import { drawChart } from './chartjs';
import { chartData, summarise } from './data';
import { chartTypesFor, chooseChart } from './kinds';

type ChartType = ChartSpec['type'];

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
  const [picked, setPicked] = useState<ChartType | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  if (turn.phase === 'running' && !turn.chart) return <p class="hint">{text.chartPending}</p>;
  if (!base) return <p class="hint">{text.noChart}</p>;

  const isWhole = turn.answer?.response_type === 'sql' && !turn.answer.truncated;
  const types = chartTypesFor(base, columns, rows, isWhole);
  const type = picked ?? turn.chart?.type;
  if (!type) return <Offer types={types} onPick={setPicked} />;
  const save = () =>
    canvas.current?.toBlob((png) => png && saveFile(png, fileName(turn.question, 'png')));
  return (
    <div class="chart">
      <div class="toolbar">
        <select
          class="select"
          aria-label={text.chartType}
          value={type}
          onChange={(event) => setPicked(event.currentTarget.value as ChartType)}
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
        <Kpi names={base.y} columns={columns} row={rows[0] ?? []} />
      ) : (
        <Drawing spec={{ ...base, type }} turn={turn} theme={theme} canvas={canvas} />
      )}
    </div>
  );
}

/** Where the server sees no chart that helps, nothing is drawn unasked. */
function Offer({ types, onPick }: { types: ChartType[]; onPick: (type: ChartType) => void }) {
  return (
    <div class="chart-offer" role="group" aria-label={text.chartType}>
      <p class="hint">{text.chartOffer}</p>
      <div class="toolbar">
        {types.map((type) => (
          <Button key={type} kind="outline" onClick={() => onPick(type)}>
            {text.chartTypes[type]}
          </Button>
        ))}
      </div>
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
  const { columns, rows, rowCount } = turn;
  const data = useMemo(
    () => chartData(spec, columns, rows),
    [spec.type, spec.x, spec.series, columns, rows, rowCount],
  );
  useEffect(() => {
    if (!canvas.current) return;
    return drawChart(canvas.current, data, theme);
  }, [data, theme]);
  if (!data.isDrawable) return <p class="hint">{text.tooFarApart}</p>;
  return (
    <>
      {data.notes.length > 0 && <p class="hint chart-notes">{data.notes.join(' · ')}</p>}
      <div class="chart-area">
        <canvas ref={canvas} role="img" aria-label={summarise(data)} />
      </div>
    </>
  );
}
