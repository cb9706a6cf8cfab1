import { useRef, useState } from 'preact/hooks';
import { text } from '../core/i18n/en';
import type { Turn } from '../core/turn';
import type { Theme } from '../tokens/palette';
import { Tabs } from '../ui/Tabs';
import { ChartView } from './ChartView';
import { Insights } from './Insights';
import { TableView } from './TableView';

type TabName = 'table' | 'chart' | 'insights';

export function ResultTabs({ turn, theme }: { turn: Turn; theme: Theme }) {
  const [selected, setSelected] = useState<TabName>('table');
  const tabsRef = useRef<HTMLDivElement>(null);
  const select = (name: TabName) => {
    setSelected(name);
    // What was asked for comes into view, without moving more than it takes.
    requestAnimationFrame(() => tabsRef.current?.scrollIntoView({ block: 'nearest' }));
  };
  const isEmpty = turn.phase !== 'running' && turn.rowCount === 0;
  if (isEmpty) return <p class="hint">{text.noRows}</p>;
  const tabs = [
    { name: 'table', title: text.tabs.table },
    { name: 'chart', title: text.tabs.chart },
    { name: 'insights', title: text.tabs.insights, count: turn.insights.length },
  ] as const;
  return (
    <div ref={tabsRef}>
      <Tabs label={text.result} tabs={tabs} selected={selected} onSelect={select}>
        {selected === 'table' && <TableView turn={turn} />}
        {selected === 'chart' && (
          <ChartView turn={turn} theme={theme} onShowTable={() => select('table')} />
        )}
        {selected === 'insights' && <Insights insights={turn.insights} />}
      </Tabs>
    </div>
  );
}
