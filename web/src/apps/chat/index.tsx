import { signal } from '@preact/signals';
import { render } from 'preact';
import { createApi } from '../../api/client';
import { createConversation } from '../../core/conversation';
import { createTheme } from '../../core/prefs';
import { adoptCss } from '../../ui/adoptCss';
import tokensCss from '../../tokens/tokens.css?inline';
import uiCss from '../../ui/ui.css?inline';
import answerCss from '../../answer/answer.css?inline';
import type { ChatHandle, ChatOptions } from '../loader/contract';
import chatCss from './chat.css?inline';
import { ChatPanel } from './ChatPanel';
import { createServerInfo } from './serverInfo';
import { Surface } from './Surface';

/** Puts the chat into the widget's shadow root, closed unless it is inline. */
export function mount(options: ChatOptions): ChatHandle {
  const { root, base, mode, emit } = options;
  for (const css of [tokensCss, uiCss, answerCss, chatCss]) adoptCss(root, css);

  const api = createApi({ base, tokenUrl: options.tokenUrl, onLocked: () => server.lock() });
  const theme = createTheme(options.theme);
  const isOpen = signal(mode === 'inline');
  const conversation = createConversation(api, {
    onAnswer: ({ question, answer }) => emit('answer', { question, answer }),
    onProblem(problem, turn) {
      emit('error', { question: turn.value.question, problem });
      if (server.isLocked.value) server.whenOpen(() => void conversation.retry(turn));
    },
  });
  const server = createServerInfo(api, {
    suggestions: options.suggestions,
    onOpen: () => conversation.restore().catch(() => {}),
    onUnlock: () => emit('unlock'),
  });
  let isStarted = false;

  function start() {
    if (isStarted) return;
    isStarted = true;
    void server.load();
  }

  function open() {
    start();
    if (isOpen.value) return;
    isOpen.value = true;
    emit('open');
  }

  function close() {
    if (!isOpen.value || mode === 'inline') return;
    isOpen.value = false;
    emit('close');
  }

  const container = document.createElement('div');
  container.className = 'widget';
  root.append(container);
  render(
    <Surface
      mode={mode}
      side={options.side}
      title={options.title}
      isOpen={isOpen}
      theme={theme}
      onClose={close}
    >
      <ChatPanel
        api={api}
        conversation={conversation}
        server={server}
        theme={theme}
        title={options.title}
        mode={mode}
        isOpen={isOpen}
        onClose={close}
      />
    </Surface>,
    container,
  );
  if (mode === 'inline') start();

  return {
    open,
    close,
    ask(question) {
      open();
      server.whenOpen(() => void conversation.ask(question));
    },
    setTheme: theme.follow,
    identify(token) {
      api.identify(token);
      // What the server would not tell a stranger it may tell now.
      if (isStarted) void server.load();
    },
    destroy() {
      conversation.stop();
      render(null, container);
      container.remove();
    },
  };
}
