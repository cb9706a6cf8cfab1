import { expect, hostUrl, servers, test } from '../harness/fixtures';
import { Widget } from '../harness/Widget';

test('hostile style sheets do not reach the widget', async ({ page }, info) => {
  await page.goto(hostUrl('hostile', servers.main()));
  const widget = new Widget(page);
  await widget.open();
  await widget.ask('top 5 products by revenue');
  const style = await widget.button('Send').evaluate((button) => {
    const { fontFamily, fontSize, letterSpacing, textTransform, borderStyle } =
      getComputedStyle(button);
    return { fontFamily, fontSize, letterSpacing, textTransform, borderStyle };
  });
  expect(style.fontFamily).not.toContain('Comic');
  expect(style).toMatchObject({
    fontSize: '15px',
    letterSpacing: 'normal',
    textTransform: 'none',
    borderStyle: 'solid',
  });
  await page.screenshot({ path: `e2e/shots/${info.project.name}-hostile.png`, caret: 'initial' });
});

test('a cross-origin isolated page can embed it', async ({ page }) => {
  await page.goto(hostUrl('coep', servers.main()));
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const widget = new Widget(page);
  await widget.open();
  await widget.ask('hello');
});

test('inline it is part of the page', async ({ page, look }) => {
  await page.goto(hostUrl('inline', servers.main()));
  const widget = new Widget(page);
  await expect(widget.badge).toHaveCount(0);
  await widget.ask('top 5 products by revenue');
  await look('inline');
});

test('as a panel it leaves the page usable', async ({ page, look }) => {
  await page.goto(hostUrl('panel', servers.main()));
  const widget = new Widget(page);
  await widget.open();
  await page.getByRole('link', { name: 'a link' }).click();
  await expect(widget.panel).toBeVisible();
  await look('panel');
  await widget.field.press('Escape');
  await expect(widget.panel).toHaveCount(0);
});

test('commands and events connect the page with the widget', async ({ page }) => {
  await page.goto(hostUrl('plain', servers.main()));
  const widget = new Widget(page);
  await expect(widget.badge).toBeVisible();
  const answer = page.evaluate(
    () =>
      new Promise((resolve) => {
        window.SQLatte!('on', 'answer', resolve);
        window.SQLatte!('ask', 'hello');
      }),
  );
  expect(await answer).toMatchObject({ question: 'hello', answer: { response_type: 'chat' } });
  await page.evaluate(() => window.SQLatte!('close'));
  await expect(widget.panel).toHaveCount(0);
  await page.evaluate(() => window.SQLatte!('destroy'));
  await expect(widget.badge).toHaveCount(0);
});

test('a page that the server does not let in says so', async ({ page, faults, look }) => {
  await page.goto(hostUrl('plain', servers.closed()));
  const widget = new Widget(page);
  await widget.open();
  await widget.send('hello');
  const card = widget.turn.getByRole('group', { name: 'This did not work' });
  await expect(card).toContainText('The server cannot be reached from this page');
  await expect(card).toContainText(`${new URL(page.url()).origin} to cors.allow_origins`);
  await look('not-allowed');
  // The browser itself reports what it blocked.
  const own = /blocked by CORS policy|ERR_FAILED/;
  faults.splice(0, faults.length, ...faults.filter((fault) => !own.test(fault)));
});
