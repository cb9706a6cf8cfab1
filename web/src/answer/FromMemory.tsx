import type { Answer } from '../api/types';
import { formatAgo } from '../core/format/time';
import { text } from '../core/i18n/en';
import { Button } from '../ui/Button';

interface FromMemoryProps {
  answer: Answer;
  onAskAnew: () => void;
}

/** What an answer owes to one before it, and the way to one that owes nothing. */
export function FromMemory({ answer, onAskAnew }: FromMemoryProps) {
  const readAt = answer.response_type === 'sql' ? answer.cached_at : null;
  return (
    <div class="toolbar result-footer">
      <span class="facts">
        {readAt ? text.cachedRows(formatAgo(readAt, Date.now())) : text.cachedReading}
      </span>
      <span class="spacer" />
      <Button icon="retry" onClick={onAskAnew}>
        {text.askAnew}
      </Button>
    </div>
  );
}
