import { readFile } from 'node:fs/promises';
import { expect, test } from '../harness/fixtures';

test.beforeEach(async ({ widget }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
});

test('the table sorts and copies', async ({ widget, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const heading = widget.grid.getByRole('columnheader').last();
  const values = () => widget.grid.locator('.row .cell:last-child').allTextContents();
  // The grid may be there before its rows are.
  await expect.poll(values).toHaveLength(5);
  const before = await values();
  await heading.click();
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  expect((await values()).toReversed()).toEqual(before);

  const cell = widget.grid.getByRole('gridcell').first();
  await cell.click();
  await page.keyboard.press('Control+c');
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toBe(await cell.textContent());
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await expect.poll(async () => (await copied()).split('\n').length).toBe(6);
});

test('the chart is drawn, described and switched', async ({ widget, page, look }) => {
  await widget.tab('Chart').click();
  const chart = widget.turn.getByRole('img');
  await expect(chart).toHaveAccessibleName(/chart: .*points.*highest/i);
  await expect.poll(() => chart.evaluate(inkOf)).toBeGreaterThan(100);
  await look('chart');

  await widget.turn.getByRole('combobox', { name: 'Chart type' }).selectOption('pie');
  await expect(chart).toHaveAccessibleName(/Doughnut/);
  await look('doughnut');

  const download = page.waitForEvent('download');
  await widget.turn.getByRole('button', { name: 'Download as PNG' }).click();
  const png = await readFile(await (await download).path());
  expect(png.subarray(1, 4).toString()).toBe('PNG');

  await widget.turn.getByRole('button', { name: 'Show as table' }).click();
  await expect(widget.grid).toBeVisible();
});

/** How many pixels of a canvas are painted. */
function inkOf(canvas: Element): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const context = (canvas as HTMLCanvasElement).getContext('2d')!;
  if (width === 0 || height === 0) return 0;
  return context
    .getImageData(0, 0, width, height)
    .data.filter((value, at) => at % 4 === 3 && value > 0).length;
}

test('insights are told', async ({ widget, look }) => {
  await widget.tab('Insights').click();
  await expect(widget.turn.getByRole('tabpanel')).not.toBeEmpty();
  await look('insights');
});

test('CSV and Excel files are downloaded', async ({ widget, page }) => {
  const heading = (await widget.grid.getByRole('columnheader').first().textContent())!;
  const fetchFile = async (name: string) => {
    const download = page.waitForEvent('download');
    await widget.turn.getByRole('button', { name: `Download as ${name}` }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };
  const csv = await fetchFile('CSV');
  expect(csv.name).toBe('top-5-products-by-revenue.csv');
  expect(csv.bytes.toString().split('\n')[0]).toContain(heading);
  const excel = await fetchFile('Excel');
  expect(excel.name).toBe('top-5-products-by-revenue.xlsx');
  expect(excel.bytes.subarray(0, 2).toString()).toBe('PK');
  expect(excel.bytes.includes('xl/worksheets/sheet1.xml')).toBe(true);
});

test('the SQL is copied', async ({ widget, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await widget.turn.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(widget.turn.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('SELECT');
});
