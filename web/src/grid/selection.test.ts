import { expect, test } from 'vitest';
import { moveBy, rangeOf } from './selection';

const bounds = { rows: 100, columns: 4, page: 10 };

test.each([
  ['ArrowDown', false, { row: 0, column: 0 }, { row: 1, column: 0 }],
  ['ArrowUp', false, { row: 0, column: 2 }, { row: -1, column: 2 }],
  ['PageDown', false, { row: 95, column: 0 }, { row: 99, column: 0 }],
  ['End', true, { row: 0, column: 0 }, { row: 99, column: 3 }],
  ['Home', false, { row: 5, column: 3 }, { row: 5, column: 0 }],
  ['ArrowLeft', false, { row: 5, column: 0 }, { row: 5, column: 0 }],
])('%s (with control: %s)', (key, isJump, from, to) => {
  expect(moveBy(key, isJump, from, bounds)).toEqual(to);
});

test('other keys are left to the browser', () => {
  expect(moveBy('Tab', false, { row: 0, column: 0 }, bounds)).toBeNull();
});

test('a range is the same from either corner', () => {
  const [a, b] = [
    { row: 7, column: 3 },
    { row: 2, column: 1 },
  ];
  expect(rangeOf({ anchor: a, active: b })).toEqual(rangeOf({ anchor: b, active: a }));
});
