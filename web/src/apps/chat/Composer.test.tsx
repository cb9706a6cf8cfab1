import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { Composer } from './Composer';

afterEach(cleanup);

function compose({ isRunning = false, last = 'Last one' as string | null } = {}) {
  const onAsk = vi.fn();
  const onStop = vi.fn();
  render(
    <Composer
      handle={{ current: null }}
      isRunning={isRunning}
      lastQuestion={() => last}
      onAsk={onAsk}
      onStop={onStop}
    />,
  );
  return { onAsk, onStop, field: screen.getByRole<HTMLTextAreaElement>('textbox') };
}

test('Enter sends what is typed and clears the field', async () => {
  const { onAsk, field } = compose();
  await userEvent.type(field, '  How many orders?  {Enter}');
  expect(onAsk).toHaveBeenCalledWith('How many orders?');
  expect(field.value).toBe('');
});

test('Shift+Enter makes a new line', async () => {
  const { onAsk, field } = compose();
  await userEvent.type(field, 'a{Shift>}{Enter}{/Shift}b');
  expect(field.value).toBe('a\nb');
  expect(onAsk).not.toHaveBeenCalled();
});

test('Enter that ends a composition does not send', async () => {
  const { onAsk, field } = compose();
  await userEvent.type(field, '注文');
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
  fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 });
  expect(onAsk).not.toHaveBeenCalled();
});

test('Up in an empty field brings the last question back', async () => {
  const { field } = compose();
  await userEvent.type(field, '{ArrowUp}');
  expect(field.value).toBe('Last one');
});

test('while an answer runs the button stops it', async () => {
  const { onStop, onAsk, field } = compose({ isRunning: true });
  await userEvent.type(field, 'next{Enter}');
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(onStop).toHaveBeenCalledOnce();
  expect(onAsk).not.toHaveBeenCalled();
});

test('a text that is too long stays whole, and says by how much', async () => {
  const { onAsk, field } = compose();
  const long = 'x'.repeat(4500);
  fireEvent.input(field, { target: { value: long } });
  expect(screen.getByRole('status').textContent).toMatch(/^4,500 characters, 500 too many/);
  expect(field.value).toBe(long);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send' }).disabled).toBe(true);
  await userEvent.type(field, '{Enter}');
  expect(onAsk).not.toHaveBeenCalled();

  // The server counts characters, not the pairs that some of them are written as.
  fireEvent.input(field, { target: { value: ` ${'😀'.repeat(4000)} ` } });
  expect(screen.getByRole('status').textContent).toBe('');
  await userEvent.type(field, '{Enter}');
  expect(onAsk).toHaveBeenCalledOnce();
});
