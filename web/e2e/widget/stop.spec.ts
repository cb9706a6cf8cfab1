import { expect, hostUrl, servers, test } from '../harness/fixtures';
import { Widget } from '../harness/Widget';

test.beforeEach(async ({ page, host }) => {
  await page.goto(hostUrl(host, servers.slow()));
});

test('stop ends a query that would run for minutes', async ({ page, look }) => {
  const widget = new Widget(page);
  await widget.open();
  await widget.send('how many slow numbers are there?');
  await expect(widget.turn.getByText('Running on the database')).toBeVisible();
  const cancelled = page.waitForResponse((response) => response.url().endsWith('/cancel'));
  await look('running');
  await widget.button('Stop').click();
  await expect(widget.turn.getByText(/^Stopped after/)).toBeVisible();
  expect((await cancelled).status()).toBe(202);
  await expect(widget.turn.getByText(/^Stopped. The database was told/)).toBeVisible();
  await look('stopped');

  // The server is free again at once.
  await widget.ask('hello');
});

test('a failing statement becomes a problem card', async ({ page, look }) => {
  const widget = new Widget(page);
  await widget.open();
  await widget.send('show broken report');
  const card = widget.turn.getByRole('group', { name: 'This did not work' });
  await expect(card).toBeVisible();
  await card.getByText(/^The statement/).click();
  await expect(card.getByRole('group', { name: 'SQL' })).toContainText('broken_report');
  await look('problem');

  await card.getByRole('button', { name: 'Edit question' }).click();
  await expect(widget.field).toHaveValue('show broken report');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(widget.turn.getByText(/^Failed after/)).toBeVisible();
});

test('a broken connection is told in plain words', async ({ page, faults, look }) => {
  const widget = new Widget(page);
  await widget.open();
  await page.route('**/api/query/stream', (route) => route.abort('connectionreset'));
  await widget.send('hello');
  const card = widget.turn.getByRole('group', { name: 'This did not work' });
  await expect(card).toContainText('Connection lost');
  await look('lost');
  await page.unroute('**/api/query/stream');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(widget.turn.getByText(/^Answered in/)).toBeVisible();
  // The browser itself reports the failed request.
  faults.splice(
    0,
    faults.length,
    ...faults.filter((fault) => !fault.includes('ERR_CONNECTION_RESET')),
  );
});
