import { expect, type Locator, type Page } from '@playwright/test';

/** The widget as a person uses it: by roles and names. */
export class Widget {
  readonly badge: Locator;
  readonly panel: Locator;
  readonly field: Locator;

  constructor(readonly page: Page) {
    this.badge = page.getByRole('button', { name: /ask your data/ });
    this.panel = page.getByRole('dialog');
    this.field = page.getByRole('textbox', { name: 'Your question' });
  }

  /** The last question and its answer. */
  get turn(): Locator {
    return this.page.locator('.turn').last();
  }

  get sql(): Locator {
    return this.turn.getByRole('group', { name: 'SQL' });
  }

  get grid(): Locator {
    return this.turn.getByRole('grid');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  tab(name: string): Locator {
    return this.turn.getByRole('tab', { name });
  }

  async open(): Promise<void> {
    await this.badge.click();
    await expect(this.field).toBeFocused();
  }

  async send(question: string): Promise<void> {
    await this.field.fill(question);
    await this.field.press('Enter');
    await expect(this.turn).toContainText(question);
  }

  async ask(question: string): Promise<void> {
    await this.send(question);
    await expect(this.turn.getByText(/^Answered in/)).toBeVisible();
  }

  async rowCount(): Promise<number> {
    return Number(await this.grid.getAttribute('aria-rowcount')) - 1;
  }
}
