import type { ExportFormat } from '../api/client';
import { text } from '../core/i18n/en';
import { whatStopped, type Turn } from '../core/turn';
import type { Theme } from '../tokens/palette';
import { Chips } from '../ui/Chips';
import { ChatReply } from './ChatReply';
import { Considered } from './Considered';
import { Feedback, type Rating } from './Feedback';
import { FromMemory } from './FromMemory';
import { ProblemCard } from './ProblemCard';
import { Progress } from './Progress';
import { Reading } from './Reading';
import { ResultFooter } from './ResultFooter';
import { ResultTabs } from './ResultTabs';
import { SqlPanel } from './SqlPanel';
import { Writing } from './Writing';

export interface AnswerActions {
  onAsk: (question: string) => void;
  onRetry: () => void;
  onAskAnew: () => void;
  onEdit: () => void;
  onSave: () => Promise<boolean>;
  onRate: (rating: Rating, comment?: string) => Promise<boolean>;
  onExport: (format: ExportFormat) => Promise<void>;
}

interface AnswerCardProps {
  turn: Turn;
  theme: Theme;
  actions: AnswerActions;
}

export function AnswerCard({ turn, theme, actions }: AnswerCardProps) {
  const { answer, draft, statement, problem } = turn;
  const isAnswered = turn.phase === 'answered';
  // A failed statement is shown folded in the problem card, once.
  const hasPanel = statement && !draft && !problem?.sql;
  const hasResult = turn.columns.length > 0 && !problem;
  return (
    <>
      <div class="card" part="answer">
        <Progress turn={turn} />
        {turn.isQuiet && <p class="notice">{text.quiet}</p>}
        {answer?.response_type === 'chat' && <ChatReply answer={answer} onAsk={actions.onAsk} />}
        {draft && <Writing draft={draft} />}
        {hasPanel && <Reading statement={statement} />}
        {hasPanel && <SqlPanel statement={statement} onSave={isAnswered ? actions.onSave : null} />}
        {answer && <Considered answer={answer} />}
        {hasResult && <ResultTabs turn={turn} theme={theme} />}
        {hasResult && <ResultFooter turn={turn} onExport={actions.onExport} />}
        {answer?.cached && <FromMemory answer={answer} onAskAnew={actions.onAskAnew} />}
        {turn.phase === 'stopped' && <p class="notice">{text.stopped[whatStopped(turn)]}</p>}
        {problem && (
          <ProblemCard
            problem={problem}
            retryAt={turn.retryAt}
            onRetry={actions.onRetry}
            onEdit={actions.onEdit}
          />
        )}
      </div>
      {isAnswered && <Feedback onRate={actions.onRate} />}
      {answer?.response_type === 'sql' && (
        <Chips title={text.followUps} questions={answer.suggestions} onPick={actions.onAsk} />
      )}
    </>
  );
}
