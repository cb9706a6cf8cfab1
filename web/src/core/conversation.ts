import { batch, computed, signal, type Signal } from '@preact/signals';
import type { Api } from '../api/client';
import { ProblemError } from '../api/problem';
import type { Message, Problem } from '../api/types';
import { applyEvent, failTurn, newTurn, stopTurn, type Turn } from './turn';

/** The server pings every 15 s; twice that without a word deserves a remark. */
const QUIET_AFTER_MS = 30_000;
/** Longest wait for the server to confirm a stop before the connection is closed. */
const CANCEL_MS = 2000;

export interface ConversationEvents {
  onAnswer(turn: Turn): void;
  onProblem(problem: Problem, turn: Signal<Turn>): void;
}

export type Conversation = ReturnType<typeof createConversation>;

export function createConversation(api: Api, events: ConversationEvents) {
  const turns = signal<Signal<Turn>[]>([]);
  /** What was said in this session before this page was loaded. */
  const earlier = signal<Message[]>([]);
  const running = computed(
    () => turns.value.find((turn) => turn.value.phase === 'running') ?? null,
  );
  let lastId = 0;
  let abort: AbortController | null = null;

  async function ask(question: string, fresh = false): Promise<void> {
    stop();
    const turn = signal(newTurn(++lastId, question, Date.now()));
    turns.value = [...turns.value, turn];
    const controller = (abort = new AbortController());
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        turn.value = { ...turn.value, isQuiet: true };
      }, QUIET_AFTER_MS);
    };
    heard();
    try {
      const request = { question, ...(fresh && { fresh }) };
      for await (const messages of api.ask(request, controller.signal)) {
        if (turn.value.phase !== 'running') return;
        heard();
        turn.value = messages.reduce<Turn>(
          (value, message) => applyEvent(value, message, Date.now()),
          { ...turn.value, isQuiet: false },
        );
        if (turn.value.phase !== 'running') break;
      }
    } catch (cause) {
      if (turn.value.phase !== 'running') return;
      turn.value = failWith(turn.value, cause);
    } finally {
      clearTimeout(watchdog);
    }
    if (turn.value.phase === 'answered') events.onAnswer(turn.value);
    else if (turn.value.problem) events.onProblem(turn.value.problem, turn);
  }

  /** Ends the running question here at once, and asks the server to end it in the database. */
  function stop(): void {
    const turn = running.peek();
    if (!turn) return;
    const { queryId } = turn.value;
    turn.value = stopTurn(turn.value, Date.now());
    const controller = abort;
    const close = () => controller?.abort();
    if (!queryId) return close();
    // The stream stays open until the server has heard: closing it first would end the question
    // there, and the cancellation would find nothing.
    setTimeout(close, CANCEL_MS);
    api.cancel(queryId).then(close, close);
  }

  function remove(turn: Signal<Turn>): void {
    turns.value = turns.value.filter((other) => other !== turn);
  }

  return {
    turns,
    earlier,
    running,
    ask,
    stop,
    remove,
    retry(turn: Signal<Turn>) {
      remove(turn);
      return ask(turn.value.question);
    },
    /** The same question with nothing taken from the server's memory. */
    askAnew(turn: Signal<Turn>) {
      remove(turn);
      return ask(turn.value.question, true);
    },
    async restore(): Promise<void> {
      if (!api.hasSession()) return;
      const messages = await api.conversation();
      // What was asked meanwhile is among them, and on the page already.
      if (turns.peek().length === 0) earlier.value = messages;
    },
    /** A new conversation: the server forgets the messages, history and favourites stay. */
    async clear(): Promise<void> {
      stop();
      batch(() => {
        turns.value = [];
        earlier.value = [];
      });
      if (api.hasSession()) await api.clearConversation();
    },
    lastQuestion(): string | null {
      const asked = earlier.value.findLast((message) => message.role === 'user')?.text ?? null;
      return turns.value.at(-1)?.value.question ?? asked;
    },
  };
}

function failWith(turn: Turn, cause: unknown): Turn {
  if (cause instanceof ProblemError) {
    return failTurn(turn, cause.problem, cause.retryAfter, Date.now());
  }
  const problem = {
    title: 'Unreadable answer',
    status: 0,
    code: 'unreadable_answer',
    detail: 'The server sent something this page cannot read.',
  };
  return failTurn(turn, problem, null, Date.now());
}
