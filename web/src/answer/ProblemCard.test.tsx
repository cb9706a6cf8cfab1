import { cleanup, render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { ProblemCard } from './ProblemCard';
import { problemTitle } from './problemTitle';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const problem = {
  title: 'The database refused the statement',
  status: 422,
  detail: 'There is no table monthly_report.',
  sql: 'SELECT *\nFROM monthly_report',
  position: { line: 2, column: 6 },
  request_id: 'r-1',
};

test('says what happened, where, and offers both ways on', async () => {
  const onRetry = vi.fn();
  const onEdit = vi.fn();
  render(<ProblemCard problem={problem} retryAt={null} onRetry={onRetry} onEdit={onEdit} />);
  expect(screen.getByText(problem.detail)).toBeTruthy();
  expect(screen.getByText(/line 2, column 6/)).toBeTruthy();
  expect(screen.getByText('r-1')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await userEvent.click(screen.getByRole('button', { name: 'Edit question' }));
  expect(onRetry).toHaveBeenCalledOnce();
  expect(onEdit).toHaveBeenCalledOnce();
});

test('counts down before another try', async () => {
  vi.useFakeTimers();
  const busy = { title: 'x', status: 429 };
  const at = Date.now() + 2000;
  render(<ProblemCard problem={busy} retryAt={at} onRetry={vi.fn()} onEdit={vi.fn()} />);
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Try again in 2 s' });
  expect(button.disabled).toBe(true);
  await vi.advanceTimersByTimeAsync(2500);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Try again' }).disabled).toBe(false);
});

test.each([
  ['Unprocessable Entity', 'sql_refused', 'SQLatte did not run this statement'],
  ['This is not SQL', 'sql_refused', 'This is not SQL'],
  ['Gateway Timeout', 'llm_timeout', 'The language model took too long'],
  ['Bad Gateway', 'llm_bad_answer', 'The language model gave no usable answer'],
  ['Not Found', 'not_found', 'This did not work'],
])('%s with the code %s is headed %s', (title, code, heading) => {
  expect(problemTitle({ title, code, status: 422 })).toBe(heading);
});
