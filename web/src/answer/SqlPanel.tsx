import { useRef, useState } from 'preact/hooks';
import type { SqlEvent } from '../api/types';
import { text } from '../core/i18n/en';
import { Button } from '../ui/Button';
import { useCopy } from '../ui/clipboard';
import { SqlText } from './SqlText';

interface SqlPanelProps {
  statement: SqlEvent;
  /** Absent while the answer has not ended. */
  onSave: (() => Promise<boolean>) | null;
}

export function SqlPanel({ statement, onSave }: SqlPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  const [isCopied, copy] = useCopy();
  const [isSaved, setSaved] = useState(false);
  return (
    <div class="sql" ref={panel}>
      <SqlText sql={statement.sql} />
      <div class="toolbar">
        <Button
          icon={isCopied ? 'check' : 'copy'}
          onClick={() => copy(statement.sql, panel.current!)}
        >
          {isCopied ? text.copied : text.copy}
        </Button>
        {onSave && (
          <Button
            icon={isSaved ? 'check' : 'star'}
            disabled={isSaved}
            onClick={() => void onSave().then(setSaved)}
          >
            {isSaved ? text.saved : text.save}
          </Button>
        )}
        <span class="spacer" />
        {statement.dialect && <span class="dialect">{statement.dialect}</span>}
      </div>
    </div>
  );
}
