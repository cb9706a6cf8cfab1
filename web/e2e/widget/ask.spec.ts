import { expect, test } from '../harness/fixtures';

const stages = [
  'Understanding the question',
  'Choosing tables',
  'Writing SQL',
  'Checking it is read-only',
  'Running on the database',
  'Looking for insights',
];

test('the empty panel suggests questions', async ({ widget, look }) => {
  await look('badge');
  await widget.open();
  await expect(
    widget.panel.getByRole('group', { name: 'Try one of these' }).getByRole('button'),
  ).toHaveCount(3);
  await look('empty');
});

test('a question shows its stages, SQL, reading and rows', async ({ widget, look }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await expect(widget.sql).toContainText('SELECT');
  expect(await widget.rowCount()).toBe(5);
  await expect(widget.turn.getByText(/^5 rows/)).toBeVisible();
  await look('answer');

  await widget.turn.getByText(/^Answered in/).click();
  for (const stage of stages) await expect(widget.turn.getByText(stage)).toBeVisible();
  await widget.turn.getByText('How I read it').click();
  await expect(widget.turn.getByRole('term').first()).toBeVisible();
  await look('stages');
});

test('a suggestion is asked with one press', async ({ widget }) => {
  await widget.open();
  const suggestion = widget.panel
    .getByRole('group', { name: 'Try one of these' })
    .getByRole('button')
    .first();
  const question = (await suggestion.textContent())!;
  await suggestion.click();
  await expect(widget.turn).toContainText(question);
  await expect(widget.turn.getByText(/^Answered in/)).toBeVisible();
});

test('a greeting is answered in words', async ({ widget, look }) => {
  await widget.open();
  await widget.ask('hello');
  await expect(widget.grid).toHaveCount(0);
  await look('chat');
});

test('the second question is read in the sense of the first', async ({ widget, look }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  const first = await widget.sql.textContent();
  await widget.ask('what about last month?');
  const second = (await widget.sql.textContent())!;
  expect(second).not.toBe(first);
  expect(second).toMatch(/product/i);
  expect(second).toMatch(/\d{4}-\d\d|date/i);
  expect(await widget.rowCount()).toBeLessThanOrEqual(5);
  await look('second');

  await widget.page.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
  await widget.button('Jump to latest').click();
  await expect(widget.turn.getByText('what about last month?').first()).toBeInViewport();
  await expect(widget.button('Jump to latest')).toHaveCount(0);
});

test('a paste that is too long stays whole and is told', async ({ widget, look }) => {
  await widget.open();
  await widget.field.fill('x'.repeat(4500));
  await expect(widget.panel.getByText(/^4,500 characters, 500 too many/)).toBeVisible();
  await expect(widget.button('Send')).toBeDisabled();
  await look('too-long');
});

test('an answer can be rated', async ({ widget }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await widget.button('Good answer').click();
  await expect(widget.button('Good answer')).toHaveAttribute('aria-pressed', 'true');
});

test('a bad answer may be explained', async ({ widget, page, look }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await widget.button('Bad answer').click();
  const reason = widget.turn.getByRole('textbox', { name: 'What was wrong?' });
  await reason.fill('Revenue is without tax here');
  await look('reason');
  const sent = page.waitForRequest(/feedback$/);
  await reason.press('Enter');
  expect((await sent).postDataJSON()).toEqual({
    rating: 'down',
    comment: 'Revenue is without tax here',
  });
  await expect(reason).toHaveCount(0);
  await expect(widget.button('Bad answer')).toBeFocused();
  await expect(widget.turn.getByText('Thank you')).toBeVisible();
});
