import { ACCESS_KEY, expect, hostUrl, servers, test } from '../harness/fixtures';
import { Widget } from '../harness/Widget';

test('a server with keys asks for one, and answers what was asked meanwhile', async ({
  page,
  look,
}) => {
  await page.goto(servers.locked());
  await expect(page.getByText('answers to those who have an access key')).toBeVisible();
  await look('locked-landing');
  await page.getByRole('textbox', { name: 'Your question' }).fill('hello');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();

  const widget = new Widget(page);
  const field = widget.panel.getByLabel('Access key');
  await expect(field).toBeFocused();
  await expect(widget.button('Send')).toHaveCount(0);
  await field.fill('not-the-key-of-this-server');
  await field.press('Enter');
  await expect(widget.panel.getByRole('alert')).toHaveText('The server does not know this key.');
  await look('locked-panel');

  await field.fill(ACCESS_KEY);
  await widget.button('Open').click();
  await expect(widget.turn).toContainText('hello');
  await expect(widget.turn.getByText(/^Answered in/)).toBeVisible();
  await widget.button('Close').click();
  await expect(page.getByRole('group', { name: 'Example questions' })).toBeVisible();
  await expect(page.getByText('answers to those who have an access key')).toBeHidden();

  await page.reload();
  await expect(page.getByRole('group', { name: 'Example questions' })).toBeVisible();
});

test('the key is kept neither for good nor for other tabs', async ({ page, context }) => {
  await page.goto(hostUrl('strict', servers.locked()));
  const widget = new Widget(page);
  await widget.badge.click();
  await widget.panel.getByLabel('Access key').fill(ACCESS_KEY);
  await widget.button('Open').click();
  await widget.ask('hello');
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie);
  expect(kept).not.toContain(ACCESS_KEY);

  const other = await context.newPage();
  await other.goto(hostUrl('strict', servers.locked()));
  await other.getByRole('button', { name: /ask your data/ }).click();
  await expect(other.getByLabel('Access key')).toBeVisible();
});

test('a page that brings a token is never asked for a key', async ({ page }) => {
  await page.goto(hostUrl('plain', servers.locked()));
  const widget = new Widget(page);
  await expect(widget.badge).toBeVisible();
  await page.evaluate((token) => window.SQLatte!('identify', { token }), ACCESS_KEY);
  await widget.open();
  await widget.ask('hello');
});
