import { expect, test as base, type Page, type TestInfo } from '@playwright/test';
import { axeFaults } from './axe';
import type { HostName } from './hosts';
import { watchFaults } from './watch';
import { Widget } from './Widget';

export { expect };

export interface HostOptions {
  /** The page that embeds the widget. */
  host: HostName;
}

interface Fixtures {
  faults: string[];
  widget: Widget;
  /** Checks the present state for accessibility in light and dark, and keeps a picture of both. */
  look: (state: string) => Promise<void>;
}

export const servers = {
  main: () => process.env['E2E_MAIN']!,
  slow: () => process.env['E2E_SLOW']!,
  locked: () => process.env['E2E_LOCKED']!,
  /** Lets in no page of the hosts. */
  closed: () => process.env['E2E_CLOSED']!,
};

/** Opens the locked server: see `locked.yaml`. */
export const ACCESS_KEY = 'an-access-key-for-browser-tests';

export function hostUrl(host: HostName, origin: string): string {
  return `${process.env['E2E_HOSTS']}/${host}?origin=${encodeURIComponent(origin)}`;
}

export const test = base.extend<Fixtures & HostOptions>({
  host: ['plain', { option: true }],
  faults: [
    async ({ page }, use) => {
      const faults = await watchFaults(page);
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
  widget: async ({ page, host }, use) => {
    await page.goto(hostUrl(host, servers.main()));
    await use(new Widget(page));
  },
  look: async ({ page }, use, info) => {
    await use((state) => lookAt(page, info, state));
  },
});

/** Effects that follow a change of the theme, such as a chart drawn anew, run after the next paint. */
const twoFrames = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  });

async function lookAt(page: Page, info: TestInfo, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(twoFrames);
    const path = `e2e/shots/${info.project.name}-${state}-${colorScheme}.png`;
    // The default hides the caret by a style element, which a strict policy reports.
    await page.screenshot({ path, caret: 'initial' });
    expect(await axeFaults(page), `${state}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
