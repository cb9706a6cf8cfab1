import type { ThemeChoice } from '../../core/prefs';

export type Mode = 'modal' | 'panel' | 'inline';

/** What the loader gives the chat bundle. */
export interface ChatOptions {
  root: ShadowRoot;
  base: string;
  mode: Mode;
  title: string;
  theme: ThemeChoice;
  /** Left or right edge of the page. */
  side: 'start' | 'end';
  suggestions: string[] | null;
  tokenUrl: string | undefined;
  emit: (event: WidgetEvent, detail?: unknown) => void;
}

/** `unlock`: a person gave an access key that the server takes. */
export type WidgetEvent = 'open' | 'close' | 'answer' | 'error' | 'unlock';

/** What the chat bundle gives back. */
export interface ChatHandle {
  open(): void;
  close(): void;
  ask(question: string): void;
  setTheme(theme: ThemeChoice): void;
  identify(token: string | null): void;
  destroy(): void;
}
