import type { Page } from '@playwright/test';
import { answerWith, beginWith, type FakeResult } from '../harness/answers';
import { expect, servers, test } from '../harness/fixtures';
import { Widget } from '../harness/Widget';

async function send(page: Page): Promise<Widget> {
  await page.goto(servers.main());
  const widget = new Widget(page);
  await widget.badge.click();
  await widget.panel.getByRole('textbox', { name: 'Your question' }).fill('show things');
  await widget.button('Send').click();
  return widget;
}

async function show(page: Page, result: FakeResult): Promise<Widget> {
  await answerWith(page, result);
  const widget = await send(page);
  await expect(widget.turn.getByText(/^Answered in/)).toBeVisible();
  return widget;
}

const count = (rows: number) => Array.from({ length: rows }, (_, at) => at);

test.describe('tables', () => {
  test('cells begin where their text begins, are one line, and keep all digits', async ({
    page,
    look,
  }) => {
    const address = 'Arabica House\nDock 7, Gate B\nHamburg';
    const widget = await show(page, {
      columns: ['id', 'name', 'address', 'ratio'],
      column_types: ['integer', 'text', 'text', 'float'],
      rows: [
        [1, 'مقهى القاهرة القديمة في وسط المدينة بجوار المتحف المصري', address, 123456789.12345679],
        [2, 'Kaffeehaus', 'Ring 1', 1 / 3],
        [3, 'בית קפה', 'One\r\nTwo', 0.1 + 0.2],
      ],
    });
    const cell = (row: number, column: number) =>
      widget.grid.locator(`[data-row="${row}"][data-column="${column}"]`);
    const align = (row: number) =>
      cell(row, 1).evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const box = element.getBoundingClientRect();
        const ink = range.getBoundingClientRect();
        return ink.left - box.left > box.right - ink.right ? 'right' : 'left';
      });
    expect(await align(2)).toBe('right');
    expect(await align(1)).toBe('left');
    await expect(cell(0, 2)).toHaveText('Arabica House ↵ Dock 7, Gate B ↵ Hamburg');
    await expect(cell(0, 2)).toHaveAttribute('title', address);
    await look('table-texts');
    await widget.button('Full screen').click();
    await expect(cell(0, 3)).toHaveText('123,456,789.12');
    await expect(cell(0, 3)).toHaveAttribute('title', '123456789.12345679');
    await expect(cell(2, 3)).toHaveText('0.30');
    await widget.grid.focus();
    await page.keyboard.press('ArrowDown');
    await look('table-focus');
  });

  test('the values of a column share their places, whole ones are a tooltip and a copy away', async ({
    page,
    context,
    look,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const widget = await show(page, {
      columns: ['weekday', 'revenue', 'average_stay'],
      column_types: ['integer', 'float', 'float'],
      rows: [
        [0, 15806.1, 4.415094339622642],
        [1, 12894.980000000001, 4.1],
        [2, 900, 12.75],
      ],
      chart: { type: 'bar', x: 'weekday', y: ['average_stay'] },
    });
    const cell = (row: number, column: number) =>
      widget.grid.locator(`[data-row="${row}"][data-column="${column}"]`);
    await expect(cell(0, 1)).toHaveText('15,806.10');
    await expect(cell(1, 1)).toHaveText('12,894.98');
    await expect(cell(2, 1)).toHaveText('900.00');
    await expect(cell(0, 2)).toHaveText('4.415');
    await expect(cell(1, 2)).toHaveText('4.100');
    await expect(cell(0, 2)).toHaveAttribute('title', '4.415094339622642');
    await look('table-places');
    await cell(0, 2).click();
    await page.keyboard.press('Control+c');
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toBe('4.415094339622642');
    await widget.tab('Chart').click();
    await expect(widget.turn.getByRole('img')).toHaveAccessibleName(/highest 2 with 12.750/);
    const types = widget.turn.getByRole('combobox', { name: 'Chart type' });
    await expect(types).not.toContainText('Doughnut');
    await look('chart-average');
  });

  test('columns take the room there is', async ({ page, look }) => {
    const widget = await show(page, {
      columns: ['n', 'label', 'note'],
      column_types: ['integer', 'text', 'text'],
      rows: count(3000).map((at) => [at, `label ${at ** 3}`, at === 0 ? 'x'.repeat(45) : '']),
    });
    await widget.button('Full screen').click();
    await widget.grid.focus();
    await page.keyboard.press('Control+ArrowDown');
    await expect(widget.grid.getByText('label 26973008999')).toBeVisible();
    const cut = await widget.grid
      .getByRole('gridcell')
      .evaluateAll((cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length);
    expect(cut).toBe(0);
    await look('table-wide');
  });

  test('one value is shown in large, as a table second', async ({ page, look }) => {
    const widget = await show(page, {
      columns: ['customer_count'],
      column_types: ['integer'],
      rows: [[48213]],
      chart: { type: 'kpi', x: 'customer_count', y: ['customer_count'] },
    });
    await expect(widget.turn.getByRole('definition')).toHaveText('48,213');
    await expect(widget.turn.getByRole('term')).toHaveText('customer count');
    await look('figure');
    await widget.tab('Table').click();
    await expect(widget.grid).toBeVisible();
  });

  test('a result that was cut says so beside the exports', async ({ page, look }) => {
    const widget = await show(page, {
      columns: ['n', 'label'],
      column_types: ['integer', 'text'],
      rows: count(1000).map((at) => [at, `label ${at}`]),
      truncated: true,
    });
    await expect(widget.turn.getByText('The first 1,000 rows; more in the export')).toBeVisible();
    await look('truncated');
  });
});

test('a statement is shown while it is written', async ({ page, look }) => {
  await beginWith(page, [
    ['session', { session_id: 's', query_id: '0198f000-0000-7000-8000-000000000000' }],
    ['stage', { stage: 'writing_sql', status: 'running' }],
    ['sql_delta', { part: 'explanation', offset: 0, text: 'The revenue of each' }],
    ['sql_delta', { part: 'sql', offset: 0, text: 'SELECT channel, SUM(total)\nFROM ord' }],
  ]);
  const widget = await send(page);
  await expect(widget.turn.getByText('Being written, not checked yet')).toBeVisible();
  await expect(widget.sql).toContainText('FROM ord');
  await look('written');
});

test('an answer says what it owes to memory and which tables were looked at', async ({
  page,
  look,
}) => {
  const widget = await show(page, {
    columns: ['channel', 'orders'],
    column_types: ['text', 'integer'],
    rows: [
      ['web', 7],
      ['store', 5],
    ],
    more: {
      cached: true,
      cached_at: new Date(Date.now() - 90_000).toISOString(),
      tables_considered: ['orders', 'customers', 'order_items'],
      tables_left_out: 397,
      explanation: 'Number of orders by channel.',
      readings: [
        { phrase: 'orders', meaning: 'COUNT of orders', kind: 'metric', assumed: false },
        { phrase: 'orders', meaning: 'deleted_at is missing', kind: 'filter', assumed: true },
      ],
      confidence: 0.92,
    },
  });
  await widget.turn.getByText('Chosen from 400 tables: 3').click();
  await expect(widget.turn.getByText('orders, customers, order_items')).toBeVisible();
  await expect(widget.turn.getByText('Assumed: orders → deleted_at is missing')).toBeVisible();
  await widget.turn.getByText('How I read it').click();
  await expect(widget.turn.getByText(/^The rows were read before/)).toBeVisible();
  await look('from-memory');
  const asked = page.waitForRequest('**/api/query/stream');
  await widget.button('Ask anew').click();
  expect((await asked).postDataJSON()).toMatchObject({ fresh: true });
});

test.describe('charts', () => {
  const day = (at: number) => new Date(Date.UTC(2000, 0, 1 + at)).toISOString().slice(0, 10);
  const series = (rows: unknown[][]): FakeResult => ({
    columns: ['day', 'total'],
    column_types: ['date', 'float'],
    rows,
    chart: { type: 'line', x: 'day', y: ['total'] },
  });

  test('what is not drawn is said', async ({ page, look }) => {
    const widget = await show(page, series(count(30_000).map((at) => [day(at), at % 97])));
    await widget.tab('Chart').click();
    await expect(widget.turn.getByText('The first 2,000 of 30,000 rows')).toBeVisible();
    await expect(widget.turn.getByRole('img')).toHaveAccessibleName(/first 2,000 of 30,000 rows/);
    await look('chart-omitted');
  });

  test('lines are straight, and ticks of a narrow range differ', async ({ page, look }) => {
    const steps = [1_500_000, 1_500_000, 1_500_030, 1_500_030, 1_500_010, 1_500_000];
    const widget = await show(page, series(steps.map((value, at) => [day(at), value])));
    await widget.tab('Chart').click();
    await expect(widget.turn.getByRole('img')).toBeVisible();
    await look('chart-narrow-range');
  });

  test('numbers at the end of the range leave room for the chart', async ({ page, look }) => {
    const huge = (...values: number[]) => series(values.map((value, at) => [day(at), value]));
    const widget = await show(page, huge(1e308, 2e307, 7e307));
    await widget.tab('Chart').click();
    await expect(widget.turn.getByRole('img')).toBeVisible();
    await look('chart-huge');
  });

  test('where the server draws none, none is drawn unasked', async ({ page, look }) => {
    const widget = await show(page, {
      columns: ['name', 'total'],
      column_types: ['text', 'integer'],
      rows: count(500).map((at) => [`thing ${at}`, (at * 37) % 101]),
    });
    await widget.tab('Chart').click();
    await expect(widget.turn.getByText(/^No chart would say more/)).toBeVisible();
    await expect(widget.turn.getByRole('img')).toHaveCount(0);
    await expect(widget.button('Line')).toHaveCount(0);
    await look('chart-offer');
    await widget.button(/^Bars$/).click();
    await expect(widget.turn.getByRole('img')).toHaveAccessibleName(/^Bar chart/);
  });
});
