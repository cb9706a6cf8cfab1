import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(): Promise<{
    violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[];
  }>;
}

/** The accessibility faults of the whole page, shadow roots included, in the state it is in. */
export async function axeFaults(page: Page): Promise<string[]> {
  // Evaluated through the debugger: the page's policy neither blocks it nor hears of it.
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id} ${JSON.stringify(target)} ${failureSummary}`,
      ),
    );
  });
}
