import { expect, test } from '../harness/fixtures';
import type { Widget } from '../harness/Widget';

const background = (widget: Widget) =>
  widget.panel.evaluate((panel) => getComputedStyle(panel).backgroundColor);

const light = 'rgb(251, 247, 242)';
const dark = 'rgb(21, 16, 12)';

test('the theme follows the device until it is chosen, and the choice is kept', async ({
  widget,
  page,
}) => {
  await widget.open();
  expect(await background(widget)).toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await background(widget)).toBe(dark);

  await widget.button('Theme: automatic').click();
  expect(await background(widget)).toBe(light);
  await widget.button('Theme: light').click();
  expect(await background(widget)).toBe(dark);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await background(widget)).toBe(dark);

  await page.reload();
  await widget.open();
  expect(await background(widget)).toBe(dark);
});

test('the host page can set it', async ({ widget, page }) => {
  await widget.open();
  await page.evaluate(() => window.SQLatte!('theme', 'dark'));
  expect(await background(widget)).toBe(dark);
});

test('forced colours stay readable', async ({ widget, page }, info) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await widget.open();
  await widget.ask('top 5 products by revenue');
  await page.screenshot({
    path: `e2e/shots/${info.project.name}-forced-colors.png`,
    caret: 'initial',
  });
});
