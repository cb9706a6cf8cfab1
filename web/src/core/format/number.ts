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

export function formatNumber(value: string | number, places = 0): string {
  if (typeof value === 'number') {
    return Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-6)
      ? String(value)
      : withPlaces(value, places);
  }
  const match = NUMERAL.exec(value);
  if (!match) return value;
  const [, sign, whole, digits = ''] = match;
  const fraction = digits.padEnd(places, '0');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, GROUP);
  return sign + grouped + (fraction ? POINT + fraction : '');
}

function withPlaces(value: number, places: number): string {
  const minimumFractionDigits = Math.min(places, 20);
  // 12 digits hide what binary fractions add: 0.1 + 0.2.
  return Number(value.toPrecision(12)).toLocaleString(undefined, {
    minimumFractionDigits,
    maximumFractionDigits: Math.max(minimumFractionDigits, 10),
  });
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
