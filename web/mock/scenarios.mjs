import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { chatReplies, resultFor } from './fixtures.mjs';

const BATCH = 1000;

const slowSql = 'SELECT COUNT(*) AS slow_numbers\nFROM slow_numbers';
const brokenSql = 'SELECT *\nFROM broken_report';

const brokenProblem = {
  type: 'about:blank',
  title: 'Unprocessable Entity',
  status: 422,
  detail: 'The view broken_report reads a table that does not exist: monthly_report.',
  code: 'sql_rejected',
  sql: brokenSql,
  position: { line: 2, column: 6 },
};

/**
 * Streams one answer. What it will be is in the question: "slow" never ends by itself, "broken"
 * fails in the database, "drop" breaks the connection, "best" asks back, the rest is answered.
 */
export async function* answerStream({ question, sessionId, queryId, pace, signal }) {
  const started = Date.now();
  const wait = (factor) => sleep(pace * factor, undefined, { signal });
  const ended = (more) => ({
    session_id: sessionId,
    query_id: queryId,
    timing_ms: { total: Date.now() - started, llm: pace, database: pace },
    ...more,
  });
  async function* stage(name, factor = 1) {
    yield ['stage', { stage: name, status: 'running', elapsed_ms: 0 }];
    const from = Date.now();
    await wait(factor);
    yield ['stage', { stage: name, status: 'done', elapsed_ms: Date.now() - from }];
  }

  yield ['session', { session_id: sessionId, query_id: queryId }];
  yield* stage('understanding');
  const reply = Object.keys(chatReplies).find((key) => question.toLowerCase().includes(key));
  if (reply) {
    yield ['done', ended({ response_type: 'chat', ...chatReplies[reply] })];
    return;
  }
  yield* stage('tables', 0.5);
  if (/drop/i.test(question)) throw new Error('connection dropped on purpose');

  const isSlow = /slow/i.test(question);
  const isBroken = /broken/i.test(question);
  const result = resultFor(question);
  const sql = isSlow ? slowSql : isBroken ? brokenSql : result.sql;
  const { explanation, readings } = result;
  yield* stage('writing_sql', 2);
  const statement = { dialect: 'sqlite', readings, confidence: 0.94, tables: ['products'] };
  yield ['sql', { sql, explanation, attempt: 1, ...statement }];
  yield* stage('checking', 0.5);

  yield ['stage', { stage: 'running', status: 'running', elapsed_ms: 0 }];
  if (isSlow) await sleep(600_000, undefined, { signal });
  await wait(1);
  if (isBroken) {
    yield ['stage', { stage: 'running', status: 'failed', elapsed_ms: pace }];
    yield ['error', { ...brokenProblem, request_id: randomUUID() }];
    return;
  }
  const { columns, column_types, rows } = result;
  yield ['columns', { columns, column_types }];
  for (let offset = 0; offset < rows.length; offset += BATCH) {
    yield ['rows', { offset, rows: rows.slice(offset, offset + BATCH) }];
  }
  yield ['stage', { stage: 'running', status: 'done', elapsed_ms: pace }];
  yield* stage('insights');
  yield ['insights', { insights: result.insights }];
  yield ['chart', { chart: result.chart }];
  const { rows: _, ...shown } = result;
  const counted = { row_count: rows.length, truncated: false, attempts: 1, cached: false };
  yield ['done', ended({ response_type: 'sql', ...counted, ...statement, ...shown })];
}
