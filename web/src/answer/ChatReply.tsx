import type { ChatAnswer } from '../api/types';
import { text } from '../core/i18n/en';
import { Markdown } from '../core/md/Markdown';
import { Chips } from '../ui/Chips';
import { Icon } from '../ui/Icon';

interface ChatReplyProps {
  answer: ChatAnswer;
  onAsk: (question: string) => void;
}

/** An answer in words: a reply, a question back, or why the data cannot say. */
export function ChatReply({ answer, onAsk }: ChatReplyProps) {
  const { message, clarification, unanswerable, suggestions = [] } = answer;
  const reason = unanswerable?.reason;
  return (
    <div class="reply">
      {unanswerable && (
        <p class="reply-title">
          <Icon name="info" />
          {text.unanswerable}
        </p>
      )}
      <Markdown source={message} />
      {reason && !message.includes(reason) && <p class="hint">{reason}</p>}
      {clarification && (
        <Chips title={text.options} questions={clarification.options} onPick={onAsk} />
      )}
      <Chips
        title={unanswerable ? text.nearest : text.followUps}
        questions={suggestions}
        onPick={onAsk}
      />
    </div>
  );
}
