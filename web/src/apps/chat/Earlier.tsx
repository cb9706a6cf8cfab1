import type { Message } from '../../api/types';
import { text } from '../../core/i18n/en';
import { SqlText } from '../../answer/SqlText';
import { Markdown } from '../../core/md/Markdown';
import { IconButton } from '../../ui/Button';

interface EarlierProps {
  messages: Message[];
  onAsk: (question: string) => void;
}

/** What the server remembers of this session from before the page was loaded. */
export function Earlier({ messages, onAsk }: EarlierProps) {
  if (messages.length === 0) return null;
  return (
    <div class="turn earlier" role="group" aria-label={text.earlier}>
      <p class="hint">{text.earlier}</p>
      {messages.map(({ role, text: said, sql }) =>
        role === 'user' ? (
          <div class="question">
            {said}
            <IconButton
              icon="retry"
              label={text.askAgain(said)}
              onClick={() => onAsk(said)}
              small
            />
          </div>
        ) : (
          <div class="card">
            {said && (
              <div class="reply">
                <Markdown source={said} />
              </div>
            )}
            {sql && <SqlText sql={sql} />}
          </div>
        ),
      )}
    </div>
  );
}
