import { expect, servers, test } from '../harness/fixtures';
import { Widget } from '../harness/Widget';

test.beforeEach(async ({ page }) => {
  await page.goto(servers.main());
});

test('the first page introduces, and its examples ask', async ({ page, look }) => {
  const examples = page.getByRole('group', { name: 'Example questions' }).getByRole('button');
  await expect(examples.first()).toBeVisible();
  await expect(page.getByText(/Answers come from/)).toBeVisible();
  await look('landing');
  const question = (await examples.first().textContent())!;
  await examples.first().click();
  const widget = new Widget(page);
  await expect(widget.turn).toContainText(question);
  await expect(widget.turn.getByText(/^Answered in/)).toBeVisible();
  await look('landing-asked');
});

test('its own field asks as well', async ({ page }) => {
  await page.getByRole('textbox', { name: 'Your question' }).fill('hello');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(new Widget(page).turn).toContainText('hello');
});

test('it runs under the strictest policy', async ({ request }) => {
  const policy = (await request.get(servers.main())).headers()['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("trusted-types 'none'");
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test('the badge stands beside the examples', async ({ page, look }) => {
    await page.setViewportSize({ width: 360, height: 640 });
    const examples = page.getByRole('group', { name: 'Example questions' }).getByRole('button');
    await expect(examples.first()).toBeVisible();
    const badge = (await new Widget(page).badge.boundingBox())!;
    for (const box of await Promise.all((await examples.all()).map((one) => one.boundingBox()))) {
      expect(box!.x + box!.width).toBeLessThanOrEqual(badge.x);
    }
    await look('landing-phone');
  });

  test('it does not scroll sideways', async ({ page, look }) => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBe(320);
    await look('landing-narrow');
  });
});
