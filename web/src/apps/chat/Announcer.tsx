import type { Conversation } from '../../core/conversation';
import { text } from '../../core/i18n/en';
import type { Turn } from '../../core/turn';

function announcement({ phase, answer, steps }: Turn): string {
  if (phase === 'failed') return text.answerFailed;
  if (phase === 'stopped') return text.answerStopped;
  if (answer?.response_type === 'sql') return text.answerReady(answer.row_count);
  if (answer) return text.replyReady;
  const step = steps.at(-1);
  return step ? text.stages[step.stage] : text.sending;
}

/** Says what the last question came to; the log itself is too long to be read out. */
export function Announcer({ conversation }: { conversation: Conversation }) {
  const last = conversation.turns.value.at(-1);
  return (
    <div class="visually-hidden" role="status">
      {last && announcement(last.value)}
    </div>
  );
}
