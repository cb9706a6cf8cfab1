import { useState } from 'preact/hooks';
import type { Api } from '../../api/client';
import { text } from '../../core/i18n/en';
import { Tabs } from '../../ui/Tabs';
import { FavoriteList } from './FavoriteList';
import { HistoryList } from './HistoryList';

interface DrawerProps {
  api: Api;
  onAsk: (question: string) => void;
  onClose: () => void;
}

const tabs = [
  { name: 'history', title: text.drawerTabs.history },
  { name: 'favorites', title: text.drawerTabs.favorites },
] as const;

/** Beside the log where there is room, over it where there is not. */
export function Drawer({ api, onAsk, onClose }: DrawerProps) {
  const [selected, setSelected] = useState<'history' | 'favorites'>('history');
  const pick = (question: string) => {
    onAsk(question);
    onClose();
  };
  return (
    <div class="drawer" role="group" aria-label={text.history}>
      <Tabs label={text.history} tabs={tabs} selected={selected} onSelect={setSelected}>
        {selected === 'history' ? (
          <HistoryList api={api} onPick={pick} />
        ) : (
          <FavoriteList api={api} onPick={pick} />
        )}
      </Tabs>
    </div>
  );
}
