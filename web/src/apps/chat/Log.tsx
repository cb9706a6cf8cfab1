import type { Signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AnswerCard, type AnswerActions } from '../../answer/AnswerCard';
import type { Conversation } from '../../core/conversation';
import { text } from '../../core/i18n/en';
import type { ThemeState } from '../../core/prefs';
import type { Turn } from '../../core/turn';
import { Icon } from '../../ui/Icon';
import { Earlier } from './Earlier';

/** Air above the question that was brought to the top. */
const MARGIN = 16;

interface LogProps {
  conversation: Conversation;
  theme: ThemeState;
  actionsFor: (turn: Signal<Turn>) => AnswerActions;
  onAsk: (question: string) => void;
}

function TurnItem({
  turn,
  theme,
  actions,
}: {
  turn: Signal<Turn>;
  theme: ThemeState;
  actions: AnswerActions;
}) {
  return (
    <div class="turn">
      <p class="question" part="question">
        {turn.value.question}
      </p>
      <AnswerCard turn={turn.value} theme={theme.current} actions={actions} />
    </div>
  );
}

/**
 * The conversation. A new question goes to the top of the view and its answer grows below it: what
 * is being read never moves.
 */
export function Log({ conversation, theme, actionsFor, onAsk }: LogProps) {
  const log = useRef<HTMLDivElement>(null);
  const [isAway, setAway] = useState(false);
  const turns = conversation.turns.value;
  const lastId = turns.at(-1)?.value.id;

  /** Where the last question stands, be it of this page or of one before. */
  const latest = () =>
    [...log.current!.querySelectorAll<HTMLElement>('.question')].at(-1)?.offsetTop ?? 0;
  const toLatest = () => log.current!.scrollTo({ top: latest() - MARGIN });
  useEffect(toLatest, [lastId, conversation.earlier.value]);

  function onScroll() {
    const { scrollTop, clientHeight } = log.current!;
    setAway(latest() > scrollTop + clientHeight);
  }

  return (
    <>
      <div
        class="log"
        part="log"
        ref={log}
        role="log"
        aria-live="off"
        aria-label={text.conversation}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="log-content">
          <Earlier messages={conversation.earlier.value} onAsk={onAsk} />
          {turns.map((turn) => (
            <TurnItem key={turn.value.id} turn={turn} theme={theme} actions={actionsFor(turn)} />
          ))}
        </div>
      </div>
      {isAway && (
        <button type="button" class="latest" onClick={toLatest}>
          <Icon name="arrowDown" />
          {text.latest}
        </button>
      )}
    </>
  );
}
