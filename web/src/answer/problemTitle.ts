import type { Problem } from '../api/types';
import { text } from '../core/i18n/en';

/**
 * A heading a person understands; the server's `detail` follows it as it is. The problem's own title
 * is only its HTTP status in words.
 */
export function problemTitle({ code = '', status }: Problem): string {
  const titles = text.problems;
  if (status === 429) return titles.busy;
  if (status === 401) return titles.unauthorized;
  if (code in titles) return titles[code as keyof typeof titles];
  if (code.startsWith('llm_')) return titles.llm;
  if (code.startsWith('database_')) return titles.database;
  return text.problem;
}
