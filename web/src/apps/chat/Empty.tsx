import { text } from '../../core/i18n/en';
import { Chips } from '../../ui/Chips';
import { Cup } from './Cup';

const SHOWN = 3;

interface EmptyProps {
  suggestions: string[];
  onAsk: (question: string) => void;
}

export function Empty({ suggestions, onAsk }: EmptyProps) {
  return (
    <div class="empty">
      <Cup />
      <h3>{text.emptyTitle}</h3>
      <p class="hint">{text.emptyText}</p>
      <Chips title={text.examples} questions={suggestions.slice(0, SHOWN)} onPick={onAsk} />
    </div>
  );
}
