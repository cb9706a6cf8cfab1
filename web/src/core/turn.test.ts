import { describe, expect, test } from 'vitest';
import type { QueryEvent } from '../api/types';
import { applyEvent, failTurn, newTurn, stopTurn, type Turn } from './turn';

const apply = (turn: Turn, ...events: QueryEvent[]): Turn =>
  events.reduce((value, event, at) => applyEvent(value, event, 1000 + at * 10), turn);

const begun = () =>
  apply(
    newTurn(1, 'Top products', 1000),
    { event: 'session', data: { session_id: 's', query_id: 'q' } },
    { event: 'stage', data: { stage: 'understanding', status: 'running' } },
  );

describe('stages', () => {
  test('a stage keeps the time the server measured', () => {
    const turn = apply(begun(), {
      event: 'stage',
      data: { stage: 'understanding', status: 'done', elapsed_ms: 42 },
    });
    expect(turn.steps).toEqual([
      { stage: 'understanding', status: 'done', startedAt: 1010, elapsedMs: 42 },
    ]);
  });

  test('a stage that runs again for a repair is a step of its own', () => {
    const once: QueryEvent[] = [
      { event: 'stage', data: { stage: 'checking', status: 'running' } },
      { event: 'stage', data: { stage: 'checking', status: 'failed', elapsed_ms: 3 } },
    ];
    const turn = apply(begun(), ...once, ...once);
    expect(turn.steps.map(({ status }) => status)).toEqual(['running', 'failed', 'failed']);
  });

  test('no step is left running, however the turn ends', () => {
    const problem = { title: 'No', status: 500 };
    expect(stopTurn(begun(), 1500).steps[0]).toMatchObject({ status: 'stopped', elapsedMs: 490 });
    expect(failTurn(begun(), problem, null, 1500).steps[0]).toMatchObject({ status: 'failed' });
  });
});

test('batches of rows grow the same array', () => {
  const first = apply(
    begun(),
    { event: 'columns', data: { columns: ['n'], column_types: ['integer'] } },
    { event: 'rows', data: { offset: 0, rows: [[1], [2]] } },
  );
  const second = apply(first, { event: 'rows', data: { offset: 2, rows: [[3]] } });
  expect(second.rows).toBe(first.rows);
  expect(second.rowCount).toBe(3);
});

test('a second attempt drops what the first one showed', () => {
  const turn = apply(
    begun(),
    { event: 'sql', data: { sql: 'SELECT 1', attempt: 1 } },
    { event: 'columns', data: { columns: ['n'], column_types: ['integer'] } },
    { event: 'rows', data: { offset: 0, rows: [[1]] } },
    { event: 'sql', data: { sql: 'SELECT 2', attempt: 2 } },
  );
  expect(turn).toMatchObject({ columns: [], rows: [], rowCount: 0 });
  expect(turn.statement?.sql).toBe('SELECT 2');
});

describe('a statement being written', () => {
  const piece = (part: 'sql' | 'explanation', offset: number, text: string): QueryEvent => ({
    event: 'sql_delta',
    data: { part, offset, text },
  });

  test('grows, and gives way to the checked one', () => {
    const pieces = [
      piece('sql', 0, 'SELECT '),
      piece('sql', 7, '1'),
      piece('explanation', 0, 'One'),
    ];
    const turn = apply(begun(), ...pieces);
    expect(turn.draft).toEqual({ sql: 'SELECT 1', explanation: 'One' });
    expect(turn.statement).toBeNull();
    const checked = apply(turn, { event: 'sql', data: { sql: 'SELECT 1' } });
    expect(checked.draft).toBeNull();
    expect(checked.statement?.sql).toBe('SELECT 1');
  });

  test('begins anew when another model writes it', () => {
    const turn = apply(begun(), piece('sql', 0, 'SELEC'), piece('explanation', 0, 'Half'));
    const anew = [piece('sql', 0, ''), piece('explanation', 0, '')];
    expect(apply(turn, ...anew).draft).toBeNull();
    expect(apply(turn, ...anew, piece('sql', 0, 'WITH')).draft).toEqual({
      sql: 'WITH',
      explanation: '',
    });
  });

  test('is gone when the question is stopped or fails', () => {
    const turn = apply(begun(), piece('sql', 0, 'SELECT'));
    expect(stopTurn(turn, 1500).draft).toBeNull();
    expect(failTurn(turn, { title: 'No', status: 500 }, null, 1500).draft).toBeNull();
  });
});

test('the final answer keeps what only the sql event said', () => {
  const turn = apply(
    begun(),
    { event: 'sql', data: { sql: 'SELECT 1', dialect: 'sqlite', confidence: 0.9 } },
    {
      event: 'done',
      data: {
        response_type: 'sql',
        sql: 'SELECT 1',
        columns: ['n'],
        column_types: ['integer'],
        row_count: 1,
        truncated: false,
        insights: [],
        chart: null,
        suggestions: [],
        session_id: 's',
        query_id: 'q',
        timing_ms: { total: 5 },
      },
    },
  );
  expect(turn.phase).toBe('answered');
  expect(turn.statement).toMatchObject({ dialect: 'sqlite', confidence: 0.9 });
});

test('a wait the server asks for becomes a time', () => {
  expect(failTurn(begun(), { title: 'Busy', status: 429 }, 3, 2000).retryAt).toBe(5000);
});
