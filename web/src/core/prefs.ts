import { signal } from '@preact/signals';

export type ThemeChoice = 'auto' | 'light' | 'dark';

interface Prefs {
  theme?: ThemeChoice;
}

const KEY = 'sqlatte:prefs';

function read(): Prefs {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Prefs;
  } catch {
    // Blocked storage or a foreign value: defaults.
    return {};
  }
}

function write(prefs: Prefs): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // Blocked storage: the choice lasts as long as the page.
  }
}

/** The chosen theme, and what it means on this device right now. */
export function createTheme(initial: ThemeChoice) {
  const device = matchMedia('(prefers-color-scheme: dark)');
  const choice = signal<ThemeChoice>(read().theme ?? initial);
  const deviceIsDark = signal(device.matches);
  device.addEventListener('change', () => {
    deviceIsDark.value = device.matches;
  });
  return {
    choice,
    get current(): 'light' | 'dark' {
      if (choice.value !== 'auto') return choice.value;
      return deviceIsDark.value ? 'dark' : 'light';
    },
    /** The reader's own choice, remembered. */
    choose(theme: ThemeChoice) {
      choice.value = theme;
      write({ ...read(), theme });
    },
    /** The host page's choice, not remembered. */
    follow(theme: ThemeChoice) {
      choice.value = theme;
    },
  };
}

export type ThemeState = ReturnType<typeof createTheme>;
