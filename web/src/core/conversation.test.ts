// @vitest-environment node
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createApi, type Api } from '../api/client';
import { createConversation } from './conversation';
import { startMock } from '../../mock/server.mjs';

let mock: { url: string; close: () => Promise<void> };
let api: Api;
const onAnswer = vi.fn();
const onProblem = vi.fn();

beforeAll(async () => {
  mock = await startMock({ pace: 1 });
});
afterAll(() => mock.close());
beforeEach(() => {
  api = createApi({ base: mock.url });
  onAnswer.mockClear();
  onProblem.mockClear();
});

const converse = () => createConversation(api, { onAnswer, onProblem });

async function askOne(question: string) {
  const conversation = converse();
  await conversation.ask(question);
  return conversation.turns.value.at(-1)!.value;
}

test('a question is answered with rows, a chart and insights', async () => {
  const turn = await askOne('Top 5 products by revenue');
  expect(turn.phase).toBe('answered');
  expect(turn.rows).toHaveLength(5);
  expect(turn.steps.map(({ stage }) => stage)).toEqual([
    'understanding',
    'tables',
    'writing_sql',
    'checking',
    'running',
    'insights',
  ]);
  expect(turn.chart?.type).toBe('bar');
  expect(onAnswer).toHaveBeenCalledOnce();
});

test('100,000 rows arrive whole', async () => {
  expect((await askOne('All orders')).rows).toHaveLength(100_000);
});

test('asking anew takes the place of the turn and wants nothing from memory', async () => {
  const asked = vi.spyOn(api, 'ask');
  const conversation = converse();
  await conversation.ask('Top 5 products by revenue');
  await conversation.askAnew(conversation.turns.value[0]!);
  expect(conversation.turns.value).toHaveLength(1);
  expect(asked.mock.calls.map(([request]) => request.fresh)).toEqual([undefined, true]);
});

test('a broken connection is told as such', async () => {
  const turn = await askOne('drop it');
  expect(turn.problem?.code).toBe('connection_lost');
  expect(onProblem).toHaveBeenCalledOnce();
});

test('an error of the database carries its statement and place', async () => {
  const { problem } = await askOne('show broken report');
  expect(problem).toMatchObject({ code: 'sql_rejected', position: { line: 2, column: 6 } });
});

test('too many questions say when to come back', async () => {
  const turn = await askOne('busy');
  expect(turn.problem?.status).toBe(429);
  expect(turn.retryAt).toBeGreaterThan(Date.now());
});

test('an unreachable server is a lost connection, not an exception', async () => {
  api = createApi({ base: 'http://127.0.0.1:9' });
  expect((await askOne('hello')).problem?.code).toBe('connection_lost');
});

test('stop ends the turn here at once and cancels on the server', async () => {
  const cancel = vi.spyOn(api, 'cancel');
  const conversation = converse();
  const asked = conversation.ask('slow numbers');
  await vi.waitFor(() => expect(conversation.running.value?.value.queryId).toBeTruthy());
  conversation.stop();
  const turn = conversation.turns.value[0]!.value;
  expect(turn.phase).toBe('stopped');
  expect(cancel).toHaveBeenCalledWith(turn.queryId);
  await asked;
  expect(onProblem).not.toHaveBeenCalled();
});

test('the session the server issued is used for the next question', async () => {
  await askOne('hello');
  await askOne('Top 5 products by revenue');
  expect((await api.history('', 0, 10)).total).toBe(2);
});

test('a new page shows what was said before', async () => {
  await askOne('hello');
  const later = converse();
  await later.restore();
  expect(later.earlier.value.map(({ role }) => role)).toEqual(['user', 'assistant']);
  expect(later.lastQuestion()).toBe('hello');
});

test('what is being asked is not shown a second time as said before', async () => {
  await askOne('hello');
  const later = converse();
  const asking = later.ask('hello');
  await later.restore();
  expect(later.earlier.value).toEqual([]);
  await asking;
});
