import { formatNumber } from '../core/format/number';

/** More digits than this after the point, and a unit shortens nothing. */
const MOST_DIGITS = 3;

/**
 * One of an axis's `values`, written like all of them: short, and with the digits it takes to tell
 * neighbours apart.
 */
export function formatTick(value: number, values: readonly number[]): string {
  const largest = Math.max(...values.map(Math.abs));
  if (value === 0 || largest === 0) return '0';
  const exponent = Math.floor(Math.log10(largest));
  if (exponent >= 15 || exponent < -5) return write(value, 'scientific', values, exponent);
  const unit = exponent - (exponent % 3);
  const isShorter = exponent >= 5 && digitsFor(values, unit) <= MOST_DIGITS;
  return isShorter ? write(value, 'compact', values, unit) : formatNumber(value);
}

function write(
  value: number,
  notation: 'compact' | 'scientific',
  values: readonly number[],
  exponent: number,
): string {
  const maximumFractionDigits = digitsFor(values, exponent);
  return new Intl.NumberFormat(undefined, { notation, maximumFractionDigits }).format(value);
}

/** Digits after the point with which every value, in units of a power of ten, is itself. */
function digitsFor(values: readonly number[], exponent: number): number {
  const scaled = values.map((value) => value / 10 ** exponent);
  const sorted = scaled.toSorted((a, b) => a - b);
  const gaps = sorted.slice(1).map((value, at) => value - sorted[at]!);
  const tolerance = Math.min(...gaps.filter((gap) => gap > 0), 1) / 100;
  let digits = 0;
  while (
    digits < 15 &&
    scaled.some((value) => Math.abs(Number(value.toFixed(digits)) - value) > tolerance)
  ) {
    digits++;
  }
  return digits;
}
