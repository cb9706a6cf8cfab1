import type { Problem } from '../api/types';

const TITLES: Record<string, string> = {
  connection_lost: 'Connection lost',
  sql_refused: 'Only reading is allowed',
  rate_limited: 'Too many questions at once',
};

/** A heading a person understands; the server's `detail` follows it as it is. */
export function problemTitle({ code, status, title }: Problem): string {
  return TITLES[code ?? ''] ?? (status === 429 ? TITLES['rate_limited']! : title);
}
