import type { ThemeChoice } from '../../core/prefs';
import type { Mode } from './contract';

// Only readable while the script itself runs.
const script = document.currentScript as HTMLScriptElement;
const { dataset } = script;

/** The page's wishes, from the attributes of the script element. */
export const config = {
  script,
  base: new URL(script.src).origin,
  mode: (dataset['mode'] ?? 'modal') as Mode,
  title: dataset['title'] ?? 'SQLatte',
  theme: (dataset['theme'] ?? 'auto') as ThemeChoice,
  side: /left|start/.test(dataset['position'] ?? '') ? ('start' as const) : ('end' as const),
  /** Separated by `|`; without them the server suggests. */
  suggestions: dataset['suggestions']?.split('|').map((question) => question.trim()) ?? null,
  tokenUrl: dataset['tokenUrl'],
};
