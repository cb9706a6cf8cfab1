import { config } from './config';
import type { ThemeChoice } from '../../core/prefs';
import { createBadge, type Badge } from './badge';
import type { ChatHandle, ChatOptions, Mode, WidgetEvent } from './contract';
import css from './loader.css?inline';

/** Hashed name of the chat bundle, compiled in: this file is cached for minutes, that one for a year. */
declare const __CHAT_PATH__: string;

export function emitFrom(element: Element, event: WidgetEvent, detail?: unknown): void {
  element.dispatchEvent(
    new CustomEvent(`sqlatte:${event}`, { detail, bubbles: true, composed: true }),
  );
}

/** `<sqlatte-chat>`: one shadow root with the badge, and the chat once it is wanted. */
export class SqlatteChat extends HTMLElement {
  private readonly root = this.attachShadow({ mode: 'open' });
  private badge: Badge | null = null;
  private chat: Promise<ChatHandle> | null = null;
  private pending: ((chat: ChatHandle) => void)[] = [];

  connectedCallback(): void {
    if (this.root.adoptedStyleSheets.length > 0) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets.push(sheet);
    if (this.mode === 'inline') {
      this.load().catch(() => {});
      return;
    }
    this.badge = createBadge({
      title: this.setting('title', config.title),
      theme: this.setting('theme', config.theme),
      side: config.side,
      onWanted: () => void this.load().catch(() => {}),
      onPress: () => this.withChat((chat) => chat.open()),
    });
    this.root.append(this.badge.element);
    this.badge.show();
  }

  disconnectedCallback(): void {
    // Moving the element disconnects and reconnects it at once: only a lasting removal ends the chat.
    queueMicrotask(() => {
      if (!this.isConnected) this.chat?.then((chat) => chat.destroy()).catch(() => {});
    });
  }

  /** Applies to the chat whenever it comes, without fetching it now. */
  whenLoaded(use: (chat: ChatHandle) => void): void {
    if (this.chat) this.chat.then(use, () => {});
    else this.pending.push(use);
  }

  setTheme(theme: ThemeChoice): void {
    this.badge?.setTheme(theme);
    this.whenLoaded((chat) => chat.setTheme(theme));
  }

  withChat(use: (chat: ChatHandle) => void): void {
    this.load().then(use, (cause: unknown) => {
      emitFrom(this, 'error', { title: 'The chat could not be loaded', cause });
      this.badge?.fail();
    });
  }

  private get mode(): Mode {
    return this.setting('mode', config.mode);
  }

  private setting<Value extends string>(name: string, otherwise: Value): Value {
    return (this.getAttribute(name) as Value | null) ?? otherwise;
  }

  private load(): Promise<ChatHandle> {
    this.chat ??= this.mount().catch((cause: unknown) => {
      // The next press tries again.
      this.chat = null;
      throw cause;
    });
    return this.chat;
  }

  private async mount(): Promise<ChatHandle> {
    const path = config.base + __CHAT_PATH__;
    const { mount } = (await import(/* @vite-ignore */ path)) as {
      mount: (options: ChatOptions) => ChatHandle;
    };
    const chat = mount({
      root: this.root,
      base: config.base,
      mode: this.mode,
      title: this.setting('title', config.title),
      theme: this.setting('theme', config.theme),
      side: config.side,
      suggestions: config.suggestions,
      tokenUrl: config.tokenUrl,
      emit: (event, detail) => {
        this.badge?.setOpen(event === 'open' || (event !== 'close' && this.badge.isOpen));
        emitFrom(this, event, detail);
      },
    });
    for (const use of this.pending.splice(0)) use(chat);
    return chat;
  }
}
