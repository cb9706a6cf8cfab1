import { text } from '../../../core/i18n/en';
import { IconButton } from '../../../ui/Button';

interface DrawerItemProps {
  question: string;
  details: string;
  status?: string;
  /** Absent for SQL that was never a question: there is nothing to ask again. */
  onPick: (() => void) | null;
  onRemove: () => void;
}

export function DrawerItem({ question, details, status, onPick, onRemove }: DrawerItemProps) {
  return (
    <li class="drawer-item">
      <button
        type="button"
        class="drawer-question"
        disabled={onPick === null}
        title={onPick ? text.askAgain(question) : question}
        onClick={() => onPick?.()}
      >
        <span>{question}</span>
        <small>
          {status && <i class={`dot ${status}`} />}
          {details}
        </small>
      </button>
      <IconButton icon="trash" label={text.remove(question)} onClick={onRemove} small />
    </li>
  );
}
