import type { Problem } from '../api/types';
import { text } from '../core/i18n/en';

/** Titles that only spell the HTTP status tell a person nothing. */
const STATUS_WORDS =
  /^(HTTP \d+|Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Request Timeout|Conflict|Payload Too Large|Unsupported Media Type|Misdirected Request|Unprocessable (Entity|Content)|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout|Error)$/i;

/**
 * A heading a person understands; the server's `detail` follows it as it is. The heading says no more
 * than the code does: `sql_refused` may be a forbidden statement as well as one that cannot be read.
 */
export function problemTitle({ code = '', status, title }: Problem): string {
  const titles: Record<string, string> = text.problems;
  if (title && !STATUS_WORDS.test(title)) return title;
  if (status === 429) return titles['busy']!;
  if (status === 401) return titles['unauthorized']!;
  const [family = ''] = code.split('_');
  return titles[code] ?? titles[family] ?? text.problem;
}
