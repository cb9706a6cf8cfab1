import { expect, test } from '../harness/fixtures';

test.use({ viewport: { width: 320, height: 640 } });

test('nothing is cut off at 320 px', async ({ widget, look }) => {
  await widget.open();
  await widget.ask('top 5 products by revenue');
  const overflow = await widget.panel.evaluate((panel) => {
    const { right, left } = panel.getBoundingClientRect();
    const inside = [...panel.querySelectorAll('button, textarea, .card, .question, .step, select')];
    return inside
      .map((element) => ({ name: element.className, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.right > right + 1 || box.left < left - 1)
      .map(({ name }) => name);
  });
  expect(overflow).toEqual([]);
  await look('narrow');
  await widget.tab('Chart').click();
  await expect(widget.turn.getByRole('img')).toBeVisible();
  await look('narrow-chart');
  await widget.button('History and favourites').click();
  await expect(widget.panel.getByRole('searchbox')).toBeVisible();
  await look('narrow-history');
});
