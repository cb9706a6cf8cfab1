import { useMemo } from 'preact/hooks';
import { tokenize } from '../core/sql/tokenize';
import { text } from '../core/i18n/en';

/** Highlighted SQL to read. A group, because a label on a bare `pre` is not announced. */
export function SqlText({ sql }: { sql: string }) {
  const tokens = useMemo(() => tokenize(sql.trim()), [sql]);
  return (
    <pre class="sql-text" dir="ltr" role="group" aria-label={text.sql}>
      <code>
        {tokens.map(({ kind, text: part }) =>
          kind === 'text' ? part : <span class={`t-${kind}`}>{part}</span>,
        )}
      </code>
    </pre>
  );
}
