import { expect, test } from 'vitest';
import { tokenize } from './tokenize';

const kinds = (sql: string) =>
  tokenize(sql)
    .filter(({ text }) => text.trim())
    .map(({ kind, text }) => `${kind}:${text.trim()}`);

test('kinds', () => {
  expect(kinds("SELECT COUNT(*), 'it''s' FROM t WHERE x >= 1.5e3 -- end")).toEqual([
    'keyword:SELECT',
    'function:COUNT',
    'text:(',
    'operator:*',
    'text:),',
    "string:'it''s'",
    'keyword:FROM',
    'text:t',
    'keyword:WHERE',
    'text:x',
    'operator:>=',
    'number:1.5e3',
    'comment:-- end',
  ]);
});

test.each(['SELECT "from" FROM `select` /* open', "SELECT 'open", 'naïve 数据 🎉 $1 ?', ''])(
  'nothing is lost in %j',
  (sql) => {
    expect(
      tokenize(sql)
        .map(({ text }) => text)
        .join(''),
    ).toBe(sql);
  },
);

test('quoted identifiers are not keywords', () => {
  expect(kinds('"select"')).toEqual(['text:"select"']);
});
