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

/** Digits after the point: what a binary fraction adds, as in 0.1 + 0.2, does not count. */
export function placesOf(value: string | number): number {
  return /\.(\d+)$/.exec(String(settled(value)))?.[1]!.length ?? 0;
}

/** Significant digits up to which a float that has few is believed, and those it is sure of. */
const FEW = 12;
const SURE = 15;

function settled(value: string | number): string | number {
  if (typeof value === 'string') return value;
  const short = Number(value.toPrecision(FEW));
  const digits = String(Math.abs(short)).replace(/e.*|^0\.?0*|\./g, '').length;
  return digits < FEW - 1 ? short : Number(value.toPrecision(SURE));
}

/** With at least so many digits after the point, and rounded to at most so many. */
export function formatNumber(value: string | number, least = 0, most = Infinity): string {
  const size = Math.abs(Number(value));
  if (typeof value === 'number' && (size >= 1e15 || (size > 0 && size < 1e-6))) {
    return String(value);
  }
  const match = NUMERAL.exec(String(settled(value)));
  if (!match) return String(value);
  const [, sign = '', whole = '', digits = ''] = match;
  if (digits.length > most) {
    // What is not nothing must not look like it.
    if (size > 0 && size * 10 ** most < 0.5) return formatNumber(String(value), 0, digitsOf(size));
    return formatNumber(sign + rounded(whole, digits, most), least, most);
  }
  const fraction = digits.padEnd(least, '0');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, GROUP);
  return sign + grouped + (fraction ? POINT + fraction : '');
}

/** Digits after the point of a number below one with which two of it can be seen. */
const digitsOf = (size: number): number => 1 - Math.floor(Math.log10(size));

/** Half is rounded up, digit by digit; ends without needless noughts. */
function rounded(whole: string, digits: string, places: number): string {
  const up = digits.charAt(places) >= '5' ? 1n : 0n;
  const scaled = String(BigInt(whole + digits.slice(0, places)) + up).padStart(places + 1, '0');
  const point = scaled.length - places;
  return `${scaled.slice(0, point)}.${scaled.slice(point)}`.replace(/\.?0*$/, '');
}

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
