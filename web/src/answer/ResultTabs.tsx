import { useRef, useState } from 'preact/hooks';
import { rawCell } from '../core/format/cell';
import { text } from '../core/i18n/en';
import type { Turn } from '../core/turn';
import type { Theme } from '../tokens/palette';
import { Tabs } from '../ui/Tabs';
import { useLazy } from '../ui/useLazy';
import { Insights } from './Insights';
import { Kpi } from './Kpi';
import { TableView } from './TableView';

const loadCharts = () => import('../charts/ChartView');

/** Longer values are read in the table. */
const LONGEST_FIGURE = 32;

type TabName = 'table' | 'chart' | 'figure' | 'insights';

interface ResultTabsProps {
  turn: Turn;
  theme: Theme;
}

export function ResultTabs({ turn, theme }: ResultTabsProps) {
  const [picked, setPicked] = useState<TabName | null>(null);
  const tabsRef = useRef<HTMLDivElement>(null);
  const select = (name: TabName) => {
    setPicked(name);
    // What was asked for comes into view, without moving more than it takes.
    requestAnimationFrame(() => tabsRef.current?.scrollIntoView({ block: 'nearest' }));
  };
  const isEmpty = turn.phase !== 'running' && turn.rowCount === 0;
  if (isEmpty) return <p class="hint">{text.noRows}</p>;
  const { table, chart, figure, insights } = text.tabs;
  const shown: { name: TabName; title: string; count?: number }[] = isFigure(turn)
    ? [
        { name: 'figure', title: figure },
        { name: 'table', title: table },
      ]
    : [
        { name: 'table', title: table },
        { name: 'chart', title: chart },
      ];
  const tabs = [
    ...shown,
    { name: 'insights', title: insights, count: turn.insights.length },
  ] as const;
  const selected = picked ?? tabs[0]!.name;
  return (
    <div ref={tabsRef}>
      <Tabs label={text.result} tabs={tabs} selected={selected} onSelect={select}>
        {selected === 'table' && <TableView turn={turn} />}
        {selected === 'figure' && (
          <Kpi names={[turn.columns[0]!.name]} columns={turn.columns} row={turn.rows[0]!} />
        )}
        {selected === 'chart' && (
          <Chart turn={turn} theme={theme} onShowTable={() => select('table')} />
        )}
        {selected === 'insights' && <Insights insights={turn.insights} />}
      </Tabs>
    </div>
  );
}

/** Whether the whole result is one value that can stand alone, in large. */
function isFigure({ phase, steps, columns, rows, rowCount }: Turn): boolean {
  const isWhole =
    phase !== 'running' ||
    steps.some(({ stage, status }) => stage === 'running' && status === 'done');
  if (!isWhole || rowCount !== 1 || columns.length !== 1) return false;
  const value = rawCell(rows[0]![0]);
  return value !== '' && value.length <= LONGEST_FIGURE && !/[\n{[]/.test(value);
}

function Chart(props: ResultTabsProps & { onShowTable: () => void }) {
  const module = useLazy(loadCharts);
  if (module === null) return <p class="hint">{text.loadingPart}</p>;
  if (module === 'failed') return <p class="hint">{text.loadFailed}</p>;
  return <module.ChartView {...props} />;
}
