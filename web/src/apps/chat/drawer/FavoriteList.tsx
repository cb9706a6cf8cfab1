import { useEffect, useState } from 'preact/hooks';
import type { Api } from '../../../api/client';
import type { Favorite } from '../../../api/types';
import { formatAgo } from '../../../core/format/time';
import { text } from '../../../core/i18n/en';
import { DrawerItem } from './DrawerItem';

interface FavoriteListProps {
  api: Api;
  onPick: (question: string) => void;
}

export function FavoriteList({ api, onPick }: FavoriteListProps) {
  const [items, setItems] = useState<Favorite[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    if (!api.hasSession()) {
      setItems([]);
      return;
    }
    api.favorites().then(setItems, (cause: Error) => setProblem(cause.message));
  }, [api]);

  const remove = (id: string) =>
    api.deleteFavorite(id).then(
      () => setItems((all) => (all ?? []).filter((item) => item.id !== id)),
      (cause: Error) => setProblem(cause.message),
    );

  return (
    <>
      {problem && <p class="hint">{problem}</p>}
      {items?.length === 0 && <p class="hint">{text.noFavorites}</p>}
      <ul class="drawer-list">
        {items?.map(({ id, name, question, created_at: at }) => (
          <DrawerItem
            key={id}
            question={name}
            details={formatAgo(at, Date.now())}
            onPick={question === null ? null : () => onPick(question)}
            onRemove={() => void remove(id)}
          />
        ))}
      </ul>
    </>
  );
}
