import type {
  Answer,
  Cell,
  ChartSpec,
  ColumnType,
  Insight,
  Problem,
  QueryEvent,
  SqlDelta,
  SqlEvent,
  StageName,
} from '../api/types';

export interface Step {
  stage: StageName;
  status: 'running' | 'done' | 'failed' | 'stopped';
  startedAt: number;
  elapsedMs: number | null;
}

export interface Column {
  name: string;
  type: ColumnType;
  /** Digits after the point that a value of the column is shown with: at least, at most. */
  places?: [least: number, most: number];
}

/** A statement as far as the model has written it; nobody has checked it yet. */
export interface Draft {
  sql: string;
  explanation: string;
}

export type Phase = 'running' | 'answered' | 'failed' | 'stopped';

/** One question and all that is known of its answer so far. */
export interface Turn {
  id: number;
  question: string;
  phase: Phase;
  startedAt: number;
  finishedAt: number | null;
  queryId: string | null;
  steps: Step[];
  draft: Draft | null;
  statement: SqlEvent | null;
  columns: Column[];
  /** Grows in place: 100,000 rows must not be copied per batch. `rowCount` says when it grew. */
  rows: Cell[][];
  rowCount: number;
  insights: Insight[];
  chart: ChartSpec | null;
  answer: Answer | null;
  problem: Problem | null;
  retryAt: number | null;
  /** No event, not even a ping, for a while. */
  isQuiet: boolean;
}

export function newTurn(id: number, question: string, now: number): Turn {
  return {
    id,
    question,
    phase: 'running',
    startedAt: now,
    finishedAt: null,
    queryId: null,
    steps: [],
    draft: null,
    statement: null,
    columns: [],
    rows: [],
    rowCount: 0,
    insights: [],
    chart: null,
    answer: null,
    problem: null,
    retryAt: null,
    isQuiet: false,
  };
}

export function applyEvent(turn: Turn, message: QueryEvent, now: number): Turn {
  switch (message.event) {
    case 'session':
      return { ...turn, queryId: message.data.query_id };
    case 'stage':
      return { ...turn, steps: withStage(turn.steps, message.data, now) };
    case 'sql_delta':
      return { ...turn, draft: withWritten(turn.draft, message.data) };
    case 'sql':
      // A repaired statement replaces the result of the one before it.
      return { ...turn, draft: null, statement: message.data, columns: [], rows: [], rowCount: 0 };
    case 'columns': {
      const { columns, column_types: types } = message.data;
      return { ...turn, columns: columnsOf(columns, types), rows: [], rowCount: 0 };
    }
    case 'rows': {
      for (const row of message.data.rows) turn.rows.push(row);
      return { ...turn, rowCount: turn.rows.length };
    }
    case 'insights':
      return { ...turn, insights: message.data.insights };
    case 'chart':
      return { ...turn, chart: message.data.chart };
    case 'done':
      return withAnswer(turn, message.data, now);
    case 'error':
      return failTurn(turn, message.data, message.data.retry_after ?? null, now);
    default:
      return turn;
  }
}

export function failTurn(
  turn: Turn,
  problem: Problem,
  retryAfter: number | null,
  now: number,
): Turn {
  return {
    ...endTurn(turn, 'failed', 'failed', now),
    problem,
    retryAt: retryAfter === null ? null : now + retryAfter * 1000,
  };
}

export const stopTurn = (turn: Turn, now: number): Turn => endTurn(turn, 'stopped', 'stopped', now);

/** How far the database was when the question was stopped. */
export function whatStopped({ steps }: Turn): 'before' | 'running' | 'after' {
  const ran = steps.findLast(({ stage }) => stage === 'running')?.status;
  if (ran === undefined) return 'before';
  return ran === 'stopped' ? 'running' : 'after';
}

/** No step may be left spinning, whatever ended the turn. */
function endTurn(turn: Turn, phase: Phase, status: Step['status'], now: number): Turn {
  const steps = turn.steps.map((step) =>
    step.status === 'running' ? { ...step, status, elapsedMs: now - step.startedAt } : step,
  );
  return { ...turn, phase, steps, draft: null, finishedAt: now, isQuiet: false };
}

/** An offset of 0 begins the part anew. */
function withWritten(draft: Draft | null, { part, offset, text }: SqlDelta): Draft | null {
  const before = draft ?? { sql: '', explanation: '' };
  const next = { ...before, [part]: offset === 0 ? text : before[part] + text };
  return next.sql === '' && next.explanation === '' ? null : next;
}

function withAnswer(turn: Turn, answer: Answer, now: number): Turn {
  const ended = { ...endTurn(turn, 'answered', 'done', now), answer, queryId: answer.query_id };
  if (answer.response_type === 'chat') return ended;
  return {
    ...ended,
    statement: { ...turn.statement, ...statementOf(answer) },
    // The same array as before, so that the table keeps its order and selection.
    columns:
      turn.columns.length > 0 ? turn.columns : columnsOf(answer.columns, answer.column_types),
    insights: answer.insights,
    chart: answer.chart,
  };
}

function statementOf(answer: Answer & { response_type: 'sql' }): SqlEvent {
  const { sql, dialect, explanation, readings, confidence, tables } = answer;
  const statement = { sql, dialect, explanation, readings, confidence, tables };
  // What `done` leaves out must not erase what the `sql` event said.
  const known = Object.entries(statement).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as unknown as SqlEvent;
}

function columnsOf(names: string[], types: ColumnType[]): Column[] {
  return names.map((name, at) => ({ name, type: types[at] ?? 'unknown' }));
}

function withStage(
  steps: Step[],
  event: { stage: StageName; status: Step['status']; elapsed_ms?: number | null },
  now: number,
): Step[] {
  const at = steps.findLastIndex((step) => step.stage === event.stage && step.status === 'running');
  const startedAt = steps[at]?.startedAt ?? now;
  const isRunning = event.status === 'running';
  const elapsedMs = isRunning ? null : (event.elapsed_ms ?? now - startedAt);
  const step: Step = { stage: event.stage, status: event.status, startedAt, elapsedMs };
  return at < 0 ? [...steps, step] : steps.with(at, step);
}
