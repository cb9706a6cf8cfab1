import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Api } from '../../../api/client';
import { text } from '../../../core/i18n/en';
import { adoptCss } from '../../../ui/adoptCss';
import { Tabs } from '../../../ui/Tabs';
import css from './drawer.css?inline';
import { FavoriteList } from './FavoriteList';
import { HistoryList } from './HistoryList';

export interface DrawerProps {
  api: Api;
  /** Changes when an answer has ended, and with it the history. */
  revision: number;
  onAsk: (question: string) => void;
  onClose: () => void;
}

const tabs = [
  { name: 'history', title: text.drawerTabs.history },
  { name: 'favorites', title: text.drawerTabs.favorites },
] as const;

/** Beside the log where there is room, over it where there is not. */
export function Drawer({ api, revision, onAsk, onClose }: DrawerProps) {
  const [selected, setSelected] = useState<'history' | 'favorites'>('history');
  const drawer = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => adoptCss(drawer.current!.getRootNode() as ShadowRoot, css), []);
  const pick = (question: string) => {
    onAsk(question);
    // Over the log it is in the way of the answer; beside it may stay.
    if (getComputedStyle(drawer.current!).position === 'absolute') onClose();
  };
  return (
    <div class="drawer" ref={drawer} role="group" aria-label={text.history}>
      <Tabs label={text.history} tabs={tabs} selected={selected} onSelect={setSelected}>
        {selected === 'history' ? (
          <HistoryList api={api} revision={revision} onPick={pick} />
        ) : (
          <FavoriteList api={api} onPick={pick} />
        )}
      </Tabs>
    </div>
  );
}
