// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { series, type Theme } from './palette';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--sq-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

function colour(name: string, theme: Theme): string {
  const token = tokens.get(name);
  if (!token) throw new Error(`no token ${name}`);
  return token[theme];
}

const readable: [string, string, number][] = [
  ...['bg', 'surface', 'surface-2', 'accent-soft'].flatMap((under): [string, string, number][] => [
    ['text', under, 7],
    ['muted', under, 4.5],
    ['accent', under, 4.5],
  ]),
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-hover', 4.5],
  ...['danger', 'success', 'warn', 'info'].flatMap((tone): [string, string, number][] => [
    [tone, `${tone}-soft`, 4.5],
    [tone, 'surface', 4.5],
    ['text', `${tone}-soft`, 7],
  ]),
  ...['keyword', 'string', 'number', 'function', 'comment', 'operator'].map(
    (kind): [string, string, number] => [`sql-${kind}`, 'surface-2', 4.5],
  ),
  ['control', 'surface', 3],
  ['control', 'bg', 3],
  ['focus', 'surface', 3],
  ['focus', 'bg', 3],
];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  test.each(readable)('%s on %s reaches %f:1', (over, under, least) => {
    expect(contrast(colour(over, theme), colour(under, theme))).toBeGreaterThanOrEqual(least);
  });

  test.each(series[theme].map((hex) => [hex]))('series %s stands out from the surface', (hex) => {
    expect(contrast(hex, colour('surface', theme))).toBeGreaterThanOrEqual(3);
  });
});
