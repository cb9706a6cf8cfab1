import type { ThemeChoice } from '../../core/prefs';
import { config } from './config';
import { emitFrom, SqlatteChat } from './element';
import type { WidgetEvent } from './contract';

type Call = [command: string, ...args: unknown[]];
interface Sqlatte {
  (...call: Call): void;
  q?: ArrayLike<unknown>[];
}

declare global {
  interface Window {
    SQLatte?: Sqlatte;
  }
}

/** The widget the commands speak to: the badge's, or the first inline one. */
function start() {
  const queue = window.SQLatte?.q ?? [];
  // The script may be on the page twice.
  if (!customElements.get('sqlatte-chat')) customElements.define('sqlatte-chat', SqlatteChat);
  let widget = document.querySelector<SqlatteChat>('sqlatte-chat');
  if (!widget) {
    widget = document.createElement('sqlatte-chat') as SqlatteChat;
    widget.setAttribute('mode', config.mode);
    const { script } = config;
    const isBesideScript = config.mode === 'inline' && document.body.contains(script);
    if (isBesideScript) script.after(widget);
    else document.body.append(widget);
  }
  const target = widget;

  const sqlatte: Sqlatte = (command, ...args) => {
    const [value] = args;
    switch (command) {
      case 'open':
        return void target.withChat((chat) => chat.open());
      case 'close':
        return void target.whenLoaded((chat) => chat.close());
      case 'ask':
        return void target.withChat((chat) => chat.ask(String(value)));
      case 'theme':
        return void target.setTheme(value as ThemeChoice);
      case 'identify':
        return void target.whenLoaded((chat) =>
          chat.identify((value as { token?: string } | null)?.token ?? null),
        );
      case 'on':
        return target.addEventListener(`sqlatte:${value as WidgetEvent}`, (event) =>
          (args[1] as (detail: unknown) => void)((event as CustomEvent).detail),
        );
      case 'destroy':
        target.remove();
        delete window.SQLatte;
        return;
      default:
        emitFrom(target, 'error', { title: `Unknown command: ${command}` });
    }
  };
  window.SQLatte = sqlatte;
  for (const call of Array.from(queue)) sqlatte(...(Array.from(call) as Call));
}

// `async` scripts may run before the body exists.
if (document.body) start();
else addEventListener('DOMContentLoaded', start);
