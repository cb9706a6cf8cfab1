import type { Answer } from '../api/types';
import { text } from '../core/i18n/en';

/** The tables looked at for the question, where there were too many for all. */
export function Considered({ answer }: { answer: Answer }) {
  const { tables_considered: tables = [], tables_left_out: leftOut = 0 } = answer;
  if (leftOut === 0) return null;
  return (
    <details class="reading">
      <summary>{text.chosenTables(tables.length, tables.length + leftOut)}</summary>
      <p>{tables.join(', ')}</p>
      <p class="hint">{text.nameTables}</p>
    </details>
  );
}
