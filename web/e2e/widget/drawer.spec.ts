import { expect, test } from '../harness/fixtures';
import { Widget } from '../harness/Widget';

test('history is searched, asked again and deleted', async ({ widget, look }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await widget.ask('hello');
  await widget.button('History and favourites').click();
  const item = widget.button('top 5 products by revenue').first();
  await expect(item).toBeVisible();
  await look('history');

  await widget.panel.getByRole('searchbox').fill('products');
  await expect(widget.button(/^Delete:/)).toHaveCount(1);
  await item.click();
  await expect(widget.turn.getByText(/^Answered in/)).toBeVisible();
  await expect(widget.turn).toContainText('top 5 products by revenue');

  await widget.button('History and favourites').click();
  await expect(widget.button(/^Delete:/)).toHaveCount(3);
  await widget.button('Delete: hello').click();
  await expect(widget.button(/^Delete:/)).toHaveCount(2);
  await widget.button('Clear history').click();
  await widget.button('Yes, delete').click();
  await expect(widget.panel.getByText('Nothing asked yet.')).toBeVisible();
});

test('a favourite is saved, found and deleted', async ({ widget, look }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await widget.button('Save').click();
  await expect(widget.button('Saved')).toBeDisabled();
  await widget.button('History and favourites').click();
  await widget.panel.getByRole('tab', { name: 'Favourites' }).click();
  await expect(widget.button(/^Delete: top 5/)).toBeVisible();
  await look('favourites');
  await widget.button(/^Delete: top 5/).click();
  await expect(widget.panel.getByText('Save an answer and it stays here.')).toBeVisible();
});

test('a reload shows the conversation so far, a new chat clears it', async ({ widget, page }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await page.reload();
  await widget.open();
  await expect(widget.panel.getByText('Earlier in this conversation')).toBeVisible();
  await widget.button('New chat').click();
  await expect(widget.panel.getByText('Ask your data anything')).toBeVisible();
});

test('after a reload the newest answer is in sight', async ({ widget, page, look }) => {
  await widget.open();
  for (let asked = 0; asked < 5; asked++) await widget.ask(`top ${asked + 2} products by revenue`);
  await page.reload();
  await widget.open();
  const newest = widget.panel.locator('.question', { hasText: 'top 6 products' });
  await expect(newest).toBeInViewport();
  await expect(widget.button('Jump to latest')).toHaveCount(0);
  await look('reloaded');
  await page.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
  await widget.button('Jump to latest').click();
  await expect(newest).toBeInViewport();
});

test('a long question leaves room for others in the history', async ({ widget, look }) => {
  await widget.open();
  const long = `${'which of all the many products that we have '.repeat(40)}is this?`;
  await widget.send(long);
  await expect(widget.turn.getByText(/^(Answered in|Failed after)/)).toBeVisible();
  await widget.ask('hello');
  await widget.button('History and favourites').click();
  await expect(widget.button('Delete: hello')).toBeInViewport();
  const item = widget.panel.locator('.drawer-question', { hasText: long });
  expect((await item.boundingBox())!.height).toBeLessThan(120);
  await look('history-long');
});

test('history and favourites outlive the tab and show in others', async ({ widget, context }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await widget.button('Save').click();
  await expect(widget.button('Saved')).toBeDisabled();
  const other = new Widget(await context.newPage());
  await other.page.goto(widget.page.url());
  await widget.page.close();
  await other.open();
  await other.button('History and favourites').click();
  await expect(other.button(/^Delete: top 5/)).toBeVisible();
  await other.panel.getByRole('tab', { name: 'Favourites' }).click();
  await expect(other.button(/^Delete: top 5/)).toBeVisible();
});
