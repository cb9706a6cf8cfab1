/**
 * Numbers may be strings (decimals, integers beyond 2^53): they are grouped and compared digit by
 * digit, never through a float.
 */
const NUMERAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const parts = new Intl.NumberFormat().formatToParts(-12345.6);
const part = (type: string, otherwise: string) =>
  parts.find((candidate) => candidate.type === type)?.value ?? otherwise;
const GROUP = part('group', ',');
const POINT = part('decimal', '.');

/** Digits after the point, as written. */
export function placesOf(value: string | number): number {
  return /\.(\d+)$/.exec(String(value))?.[1]!.length ?? 0;
}

/** Stands where digits were left out; the whole value is then a tooltip and a copy away. */
const MORE = '…';

export function formatNumber(value: string | number, places = 0): string {
  if (typeof value === 'number') {
    const size = Math.abs(value);
    return size >= 1e15 || (value !== 0 && size < 1e-6) ? String(value) : fromFloat(value, places);
  }
  const match = NUMERAL.exec(value);
  if (!match) return value;
  const [, sign, whole, digits = ''] = match;
  const fraction = digits.padEnd(places, '0');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, GROUP);
  return sign + grouped + (fraction ? POINT + fraction : '');
}

/** Significant digits that a float is shown with. */
const DIGITS = 12;

function fromFloat(value: number, places: number): string {
  const rounded = Number(value.toPrecision(DIGITS));
  // Few digits once rounded: the rest is what binary fractions and sums of them add, as in 0.1 + 0.2.
  if (significantDigits(rounded) < DIGITS - 1) return formatNumber(String(rounded), places);
  const [whole = '', fraction = ''] = String(value).split('.');
  const room = Math.max(places, 2, DIGITS - whole.replace('-', '').length);
  const shown = fraction ? `${whole}.${fraction.slice(0, room)}` : whole;
  return formatNumber(shown, places) + (fraction.length > room ? MORE : '');
}

const significantDigits = (value: number): number =>
  String(value)
    .replace(/e.*|[-.]/g, '')
    .replace(/^0+/, '').length;

export function compareNumbers(a: string | number, b: string | number): number {
  const difference = Number(a) - Number(b);
  if (typeof a === 'number' && typeof b === 'number') return difference;
  // Far apart in floats is far apart in truth; only near ones need their digits.
  if (Math.abs(difference) > Math.abs(Number(a)) * 1e-9) return difference;
  return compareDigits(String(a), String(b));
}

function compareDigits(a: string, b: string): number {
  const left = NUMERAL.exec(a);
  const right = NUMERAL.exec(b);
  if (!left || !right) return Number(a) - Number(b);
  const places = Math.max(left[3]?.length ?? 0, right[3]?.length ?? 0);
  const scaled = (match: RegExpExecArray) =>
    BigInt(match[1]! + match[2]! + (match[3] ?? '').padEnd(places, '0'));
  const [x, y] = [scaled(left), scaled(right)];
  return x < y ? -1 : Number(x > y);
}
