export type TokenKind =
  'keyword' | 'string' | 'number' | 'function' | 'comment' | 'operator' | 'text';

export interface Token {
  kind: TokenKind;
  text: string;
}

const KEYWORDS = new Set(
  `ALL AND ANY AS ASC BETWEEN BY CASE CAST COLLATE CROSS CURRENT_DATE CURRENT_TIMESTAMP DATE DESC
  DISTINCT ELSE END ESCAPE EXCEPT EXISTS EXTRACT FALSE FETCH FILTER FIRST FOLLOWING FOR FROM FULL
  GLOB GROUP HAVING ILIKE IN INNER INTERSECT INTERVAL INTO IS JOIN LAST LATERAL LEFT LIKE LIMIT
  NATURAL NEXT NOT NULL NULLS OFFSET ON ONLY OR ORDER OUTER OVER PARTITION PRECEDING QUALIFY RANGE
  RECURSIVE RIGHT ROW ROWS SELECT THEN TIMESTAMP TRUE UNBOUNDED UNION UNNEST USING VALUES WHEN WHERE
  WINDOW WITH`.split(/\s+/),
);

/** One alternative per kind; quoted identifiers are plain text. Unclosed quotes run to the end. */
const PATTERN = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<string>'(?:[^']|'')*(?:'|$))`,
    String.raw`(?<quoted>"(?:[^"]|"")*(?:"|$)|` + '`[^`]*(?:`|$))',
    String.raw`(?<number>\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
    String.raw`(?<operator>[-+*/%<>=!|&^~:]+)`,
    String.raw`(?<rest>\s+|.)`,
  ].join('|'),
  'gsu',
);

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(PATTERN)) {
    const kind = kindOf(match, sql);
    const last = tokens.at(-1);
    if (kind === 'text' && last?.kind === 'text') last.text += match[0];
    else tokens.push({ kind, text: match[0] });
  }
  return tokens;
}

function kindOf(match: RegExpExecArray, sql: string): TokenKind {
  const { comment, string, number, word, operator } = match.groups!;
  if (comment !== undefined) return 'comment';
  if (string !== undefined) return 'string';
  if (number !== undefined) return 'number';
  if (operator !== undefined) return 'operator';
  if (word === undefined) return 'text';
  if (KEYWORDS.has(word.toUpperCase())) return 'keyword';
  return /^\s*\(/.test(sql.slice(match.index + word.length, match.index + word.length + 8))
    ? 'function'
    : 'text';
}
