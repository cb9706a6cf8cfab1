import type { Problem } from '../api/types';
import { text } from '../core/i18n/en';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { useNow } from '../ui/useNow';
import { problemTitle } from './problemTitle';
import { SqlText } from './SqlText';

interface ProblemCardProps {
  problem: Problem;
  retryAt: number | null;
  onRetry: () => void;
  onEdit: () => void;
}

export function ProblemCard({ problem, retryAt, onRetry, onEdit }: ProblemCardProps) {
  const now = useNow(retryAt !== null, 500);
  const wait = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
  const { detail, sql, position, request_id: requestId } = problem;
  return (
    <div class="problem" role="group" aria-label={text.problem}>
      <p class="problem-title">
        <Icon name="warning" />
        {problemTitle(problem)}
      </p>
      {detail && <p class="problem-detail">{detail}</p>}
      {sql && (
        <details>
          <summary>
            {text.statement}
            {position && `, ${text.position(position.line, position.column)}`}
          </summary>
          <SqlText sql={sql} />
        </details>
      )}
      <div class="toolbar">
        <Button kind="outline" icon="retry" disabled={wait > 0} onClick={onRetry}>
          {wait > 0 ? text.tryAgainIn(wait) : text.tryAgain}
        </Button>
        <Button kind="outline" icon="edit" onClick={onEdit}>
          {text.editQuestion}
        </Button>
      </div>
      {requestId && (
        <p class="request-id">
          {text.requestId} <code>{requestId}</code>
        </p>
      )}
    </div>
  );
}
