import { useImperativeHandle, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { text } from '../../core/i18n/en';
import { Icon } from '../../ui/Icon';

/** As the server counts them: longer questions it refuses. */
const MOST_CHARACTERS = 4000;

export interface ComposerHandle {
  focus(): void;
  edit(question: string): void;
}

interface ComposerProps {
  handle: { current: ComposerHandle | null };
  isRunning: boolean;
  lastQuestion: () => string | null;
  onAsk: (question: string) => void;
  onStop: () => void;
}

export function Composer({ handle, isRunning, lastQuestion, onAsk, onStop }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState('');

  const edit = (question: string) => {
    setDraft(question);
    field.current!.focus();
  };
  useImperativeHandle(handle, () => ({ focus: () => field.current?.focus(), edit }), []);

  // Grows with its text; the style sheet sets the limit.
  useLayoutEffect(() => {
    const { style, scrollHeight } = ((field.current!.style.blockSize = 'auto'), field.current!);
    style.blockSize = `${scrollHeight + 2}px`;
  }, [draft]);

  const question = draft.trim();
  const length = question.length > MOST_CHARACTERS ? [...question].length : 0;
  const isTooLong = length > MOST_CHARACTERS;

  function send() {
    if (!question || isTooLong || isRunning) return;
    setDraft('');
    onAsk(question);
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes, Enter and arrows belong to it (229: old Safari).
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && draft === '') {
      const last = lastQuestion();
      if (last === null) return;
      event.preventDefault();
      setDraft(last);
    }
  }

  return (
    <div class="composer" part="composer">
      <textarea
        ref={field}
        rows={1}
        aria-label={text.question}
        placeholder={text.placeholder}
        aria-invalid={isTooLong}
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {isRunning ? (
        <button
          type="button"
          class="send stop"
          title={text.stop}
          aria-label={text.stop}
          onClick={onStop}
        >
          <Icon name="stop" />
        </button>
      ) : (
        <button
          type="button"
          class="send"
          title={text.send}
          aria-label={text.send}
          disabled={!question || isTooLong}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      )}
      {/* Always there, so that what appears in it is read out. */}
      <p class="too-long" role="status">
        {isTooLong && text.tooLong(length, MOST_CHARACTERS)}
      </p>
    </div>
  );
}
