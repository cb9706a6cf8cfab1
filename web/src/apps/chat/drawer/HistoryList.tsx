import { useEffect, useState } from 'preact/hooks';
import type { Api } from '../../../api/client';
import type { HistoryItem } from '../../../api/types';
import { formatAgo } from '../../../core/format/time';
import { text } from '../../../core/i18n/en';
import { Button } from '../../../ui/Button';
import { DrawerItem } from './DrawerItem';

const PAGE = 50;
const TYPING_MS = 250;

interface HistoryListProps {
  api: Api;
  revision: number;
  onPick: (question: string) => void;
}

interface Page {
  items: HistoryItem[];
  total: number;
}

export function HistoryList({ api, revision, onPick }: HistoryListProps) {
  const [search, setSearch] = useState('');
  const [page, setPage] = useState<Page | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isClearing, setClearing] = useState(false);

  const attempt = (work: Promise<unknown>) =>
    work.then(
      () => setProblem(null),
      (cause: Error) => setProblem(cause.message),
    );

  useEffect(() => {
    if (!api.hasSession()) {
      setPage({ items: [], total: 0 });
      return;
    }
    let isCurrent = true;
    const load = () =>
      attempt(api.history(search, 0, PAGE).then((found) => isCurrent && setPage(found)));
    // The first page comes at once; while typing, only the last word counts.
    const timer = setTimeout(load, search ? TYPING_MS : 0);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [api, search, revision]);

  const items = page?.items ?? [];
  const remove = ({ query_id: id }: HistoryItem) =>
    attempt(
      api.deleteHistory(id).then(() =>
        setPage({
          items: items.filter(({ query_id }) => query_id !== id),
          total: page!.total - 1,
        }),
      ),
    );
  const clear = () =>
    attempt(
      api.clearHistory().then(() => {
        setPage({ items: [], total: 0 });
        setClearing(false);
      }),
    );
  const more = () =>
    attempt(
      api
        .history(search, items.length, PAGE)
        .then((next) => setPage({ items: [...items, ...next.items], total: next.total })),
    );

  return (
    <>
      <input
        class="search"
        type="search"
        aria-label={text.search}
        placeholder={text.search}
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      {problem && <p class="hint">{problem}</p>}
      {page && items.length === 0 && <p class="hint">{search ? text.noMatch : text.noHistory}</p>}
      <ul class="drawer-list">
        {items.map((item) => (
          <DrawerItem
            key={item.query_id}
            question={item.question ?? item.sql ?? ''}
            details={detailsOf(item)}
            status={item.status}
            onPick={item.question === null ? null : () => onPick(item.question!)}
            onRemove={() => void remove(item)}
          />
        ))}
      </ul>
      <div class="toolbar">
        {page && page.total > items.length && (
          <Button onClick={() => void more()}>{text.more}</Button>
        )}
        <span class="spacer" />
        {items.length > 0 && !isClearing && (
          <Button icon="trash" onClick={() => setClearing(true)}>
            {text.clearHistory}
          </Button>
        )}
        {isClearing && (
          <>
            <span class="hint">{text.clearAsk}</span>
            <Button onClick={() => void clear()}>{text.confirmClear}</Button>
            <Button onClick={() => setClearing(false)}>{text.cancel}</Button>
          </>
        )}
      </div>
    </>
  );
}

function detailsOf({ status, row_count: rows, created_at: at }: HistoryItem): string {
  const isAnswered = status === 'answered';
  const outcome = isAnswered && rows !== null ? text.rows(rows) : (text.status[status] ?? status);
  return [outcome, formatAgo(at, Date.now())].filter(Boolean).join(' · ');
}
