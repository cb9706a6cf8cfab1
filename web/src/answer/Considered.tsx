import type { Answer } from '../api/types';
import { text } from '../core/i18n/en';

/** The tables looked at for the question, where there was no room for all of them or for all their columns. */
export function Considered({ answer }: { answer: Answer }) {
  const {
    tables_considered: tables = [],
    tables_left_out: leftOut = 0,
    columns_left_out: columns = 0,
  } = answer;
  if (leftOut + columns === 0) return null;
  return (
    <details class="reading">
      <summary>{text.chosenTables(tables.length, tables.length + leftOut)}</summary>
      <p>{tables.join(', ')}</p>
      {columns > 0 && <p>{text.columnsLeftOut(columns)}</p>}
      <p class="hint">{text.nameTables}</p>
    </details>
  );
}
