import { useRef, useState } from 'preact/hooks';
import { text } from '../core/i18n/en';
import { IconButton } from '../ui/Button';

export type Rating = 'up' | 'down';

/** Far below the server's limit: more than anybody types into one line. */
const MOST_CHARACTERS = 1000;

interface FeedbackProps {
  /** Whether the server has kept it; a later rating replaces an earlier one. */
  onRate: (rating: Rating, comment?: string) => Promise<boolean>;
}

/** Thumbs; a thumb down may say why. */
export function Feedback({ onRate }: FeedbackProps) {
  const thumbs = useRef<HTMLDivElement>(null);
  const [rating, setRating] = useState<Rating | null>(null);
  const [comment, setComment] = useState('');
  const [isAsking, setAsking] = useState(false);

  const rate = async (value: Rating) => {
    if (!(await onRate(value))) return;
    setRating(value);
    setAsking(value === 'down');
  };
  const explain = async (event: Event) => {
    event.preventDefault();
    const reason = comment.trim();
    if (reason && !(await onRate('down', reason))) return;
    // The field goes, and the focus with it.
    thumbs.current?.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
    setAsking(false);
  };

  return (
    <div class="feedback" ref={thumbs}>
      <IconButton
        icon="up"
        label={text.good}
        pressed={rating === 'up'}
        onClick={() => void rate('up')}
        small
      />
      <IconButton
        icon="down"
        label={text.bad}
        pressed={rating === 'down'}
        onClick={() => void rate('down')}
        small
      />
      <span class="hint" role="status">
        {rating && text.thanks}
      </span>
      {isAsking && (
        <form onSubmit={(event) => void explain(event)}>
          <input
            aria-label={text.why}
            placeholder={text.why}
            maxLength={MOST_CHARACTERS}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          <button class="button outline">{text.sendComment}</button>
        </form>
      )}
    </div>
  );
}
