import type { Signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AnswerCard, type AnswerActions } from '../../answer/AnswerCard';
import type { Conversation } from '../../core/conversation';
import { text } from '../../core/i18n/en';
import type { ThemeState } from '../../core/prefs';
import type { Turn } from '../../core/turn';
import { Icon } from '../../ui/Icon';
import { Earlier } from './Earlier';

/** Closer to the end than this counts as being there. */
const NEAR_END = 48;

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
      <p class="question">{turn.value.question}</p>
      <AnswerCard turn={turn.value} theme={theme.current} actions={actions} />
    </div>
  );
}

/** The conversation. It follows its end, but never while the reader has scrolled up. */
export function Log({ conversation, theme, actionsFor, onAsk }: LogProps) {
  const log = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const isFollowing = useRef(true);
  const turns = conversation.turns.value;

  const scrollToEnd = () => {
    isFollowing.current = true;
    log.current?.scrollTo({ top: log.current.scrollHeight });
  };

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) scrollToEnd();
    });
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);

  // A new question is always brought into view.
  useEffect(scrollToEnd, [turns.length]);

  function onScroll() {
    const { scrollTop, clientHeight, scrollHeight } = log.current!;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_END;
    isFollowing.current = isNear;
    setAtEnd(isNear);
  }

  return (
    <>
      <div
        class="log"
        ref={log}
        role="log"
        aria-live="off"
        aria-label={text.conversation}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="log-content" ref={content}>
          <Earlier messages={conversation.earlier.value} onAsk={onAsk} />
          {turns.map((turn) => (
            <TurnItem key={turn.value.id} turn={turn} theme={theme} actions={actionsFor(turn)} />
          ))}
        </div>
      </div>
      {!isAtEnd && (
        <button type="button" class="latest" onClick={scrollToEnd}>
          <Icon name="arrowDown" />
          {text.latest}
        </button>
      )}
    </>
  );
}
