import { useState } from 'preact/hooks';
import { text } from '../core/i18n/en';
import { IconButton } from '../ui/Button';

type Rating = 'up' | 'down';

export function Feedback({ onRate }: { onRate: (rating: Rating) => Promise<boolean> }) {
  const [rating, setRating] = useState<Rating | null>(null);
  const rate = (value: Rating) => void onRate(value).then((isKept) => isKept && setRating(value));
  return (
    <div class="feedback">
      <IconButton
        icon="up"
        label={text.good}
        pressed={rating === 'up'}
        onClick={() => rate('up')}
        small
      />
      <IconButton
        icon="down"
        label={text.bad}
        pressed={rating === 'down'}
        onClick={() => rate('down')}
        small
      />
      <span class="hint" role="status">
        {rating && text.thanks}
      </span>
    </div>
  );
}
