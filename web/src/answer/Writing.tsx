import { text } from '../core/i18n/en';
import type { Draft } from '../core/turn';
import { SqlText } from './SqlText';

/** A statement while the model writes it. What passes the checks takes its place. */
export function Writing({ draft }: { draft: Draft }) {
  return (
    <>
      {draft.explanation && (
        <div class="reading writing">
          <p>{draft.explanation}</p>
        </div>
      )}
      {draft.sql && (
        <div class="sql writing" aria-busy="true">
          <SqlText sql={draft.sql} />
          <p class="writing-note">{text.beingWritten}</p>
        </div>
      )}
    </>
  );
}
