import { expect, test } from 'vitest';
import { compareNumbers, formatNumber } from './number';

test.each([
  [1234567, '1,234,567'],
  ['12345678901234567890', '12,345,678,901,234,567,890'],
  ['-1234.50', '-1,234.50'],
  [0.1 + 0.2, '0.3'],
  [0.0000001, '1e-7'],
  ['not a number', 'not a number'],
  [123456789.12345679, '123,456,789.123…'],
  [1 / 3, '0.33333333333…'],
  [2 / 3, '0.66666666666…'],
  [-1 / 3, '-0.33333333333…'],
  [123456.78999999992, '123,456.79'],
  [12345678901.25, '12,345,678,901.25'],
  [123456789012345, '123,456,789,012,345'],
  [1e308, '1e+308'],
])('%s reads as %s', (value, shown) => {
  expect(formatNumber(value)).toBe(shown);
});

test('places line values up', () => {
  expect(formatNumber('75299', 2)).toBe('75,299.00');
  expect(formatNumber(82649.5, 2)).toBe('82,649.50');
});

test.each([
  ['9007199254740993', '9007199254740992', 1],
  ['0.1000000000000000001', '0.1', 1],
  ['-2.50', '-2.5', 0],
  ['10', '9', 1],
  [1, 2, -1],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(compareNumbers(a, b))).toBe(sign);
});
