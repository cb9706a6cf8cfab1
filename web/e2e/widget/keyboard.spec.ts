import type { Page } from '@playwright/test';
import { expect, test } from '../harness/fixtures';

/** Presses Tab until the focused element has the name. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.ariaLabel ?? element?.textContent ?? '';
    });
    if (name.test(focused)) return;
  }
  throw new Error(`no focus on ${name}`);
}

test('everything is reached by keyboard alone', async ({ widget, page, look }) => {
  await expect(widget.badge).toBeVisible();
  await tabTo(page, /ask your data/);
  await page.keyboard.press('Enter');
  await expect(widget.field).toBeFocused();
  await page.keyboard.type('top 5 products by revenue');
  await page.keyboard.press('Enter');
  await expect(widget.turn.getByText(/^Answered in/)).toBeVisible();

  await tabTo(page, /^Table$/, 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await expect(widget.tab('Chart')).toBeFocused();
  await expect(widget.tab('Chart')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await expect(widget.tab('Table')).toHaveAttribute('aria-selected', 'true');

  await expect(widget.grid).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(widget.grid).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(widget.grid.getByRole('columnheader').last()).toHaveAttribute(
    'aria-sort',
    'ascending',
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(widget.grid.locator('.selected')).toHaveCount(2);
  await look('keyboard');

  await tabTo(page, /^Your question$/);
  await page.keyboard.press('ArrowUp');
  await expect(widget.field).toHaveValue('top 5 products by revenue');

  await tabTo(page, /^History and favourites$/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(widget.panel.getByRole('searchbox')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(widget.panel.getByRole('searchbox')).toHaveCount(0);
  await expect(widget.panel).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(widget.panel).toHaveCount(0);
  await expect(widget.badge).toBeFocused();
});
