import { useSignal, type ReadonlySignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Api } from '../../api/client';
import type { Conversation } from '../../core/conversation';
import { text } from '../../core/i18n/en';
import type { ThemeState } from '../../core/prefs';
import type { Turn } from '../../core/turn';
import { useLazy } from '../../ui/useLazy';
import type { Mode } from '../loader/contract';
import { answerActions } from './answerActions';
import { Announcer } from './Announcer';
import { Composer, type ComposerHandle } from './Composer';
import type { DrawerProps } from './drawer/Drawer';
import { Empty } from './Empty';
import { Header } from './Header';
import { KeyForm } from './KeyForm';
import { Log } from './Log';
import type { ServerInfo } from './serverInfo';
import { useOnline } from './useOnline';

const loadDrawer = () => import('./drawer/Drawer');

export interface ChatPanelProps {
  api: Api;
  conversation: Conversation;
  server: ServerInfo;
  theme: ThemeState;
  title: string;
  mode: Mode;
  isOpen: ReadonlySignal<boolean>;
  onClose: () => void;
}

export function ChatPanel(props: ChatPanelProps) {
  const { api, conversation, server, theme, mode } = props;
  const isDrawerOpen = useSignal(false);
  const isFull = useSignal(false);
  const notice = useSignal<string | null>(null);
  const composer = useRef<ComposerHandle>(null);
  const isOnline = useOnline();
  const ask = (question: string) => void conversation.ask(question);

  const isLocked = server.isLocked.value;
  // An inline chat must not take the focus from the page it is part of.
  const takesFocus = mode !== 'inline';

  useEffect(() => {
    if (takesFocus && !isLocked) composer.current?.focus();
  }, [takesFocus, isLocked]);

  const actionsFor = (turn: Signal<Turn>) =>
    answerActions({
      api,
      conversation,
      turn,
      edit: (question) => composer.current?.edit(question),
      notify: (message) => {
        notice.value = message;
      },
    });

  function newChat() {
    notice.value = null;
    conversation.clear().catch(() => {});
    composer.current?.focus();
  }

  function onEscape(event: KeyboardEvent) {
    if (event.key !== 'Escape' || !isDrawerOpen.value) return;
    // The drawer closes first; the next Escape closes the panel.
    event.preventDefault();
    isDrawerOpen.value = false;
  }

  const ended = conversation.turns.value.filter(({ value }) => value.phase !== 'running').length;
  const isEmpty = conversation.turns.value.length === 0 && conversation.earlier.value.length === 0;
  return (
    <div class={isFull.value ? 'chat full' : 'chat'} role="presentation" onKeyDown={onEscape}>
      <Header
        title={props.title}
        health={server.health.value}
        theme={theme}
        mode={mode}
        isDrawerOpen={isDrawerOpen}
        isFull={isFull}
        isLocked={isLocked}
        onNewChat={newChat}
        onClose={props.onClose}
      />
      <div class="columns">
        {isDrawerOpen.value && !isLocked && (
          <LazyDrawer
            api={api}
            revision={ended}
            onAsk={ask}
            onClose={() => {
              isDrawerOpen.value = false;
            }}
          />
        )}
        <div class="main">
          {isLocked && <KeyForm unlock={server.unlock} takesFocus={takesFocus} />}
          {!isLocked && isEmpty && <Empty suggestions={server.suggestions.value} onAsk={ask} />}
          {!isLocked && !isEmpty && (
            <Log conversation={conversation} theme={theme} actionsFor={actionsFor} onAsk={ask} />
          )}
        </div>
      </div>
      {(notice.value ?? (isOnline ? null : text.offline)) && (
        <p class="notice" role="status">
          {notice.value ?? text.offline}
        </p>
      )}
      {!isLocked && (
        <Composer
          handle={composer}
          isRunning={conversation.running.value !== null}
          lastQuestion={conversation.lastQuestion}
          onAsk={(question) => {
            notice.value = null;
            ask(question);
          }}
          onStop={conversation.stop}
        />
      )}
      <Announcer conversation={conversation} />
    </div>
  );
}

/** Fetched when it is first opened. */
function LazyDrawer(props: DrawerProps) {
  const module = useLazy(loadDrawer);
  if (module === null) return null;
  if (module === 'failed') return <p class="hint">{text.loadFailed}</p>;
  return <module.Drawer {...props} />;
}
