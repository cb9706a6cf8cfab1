import type { Signal } from '@preact/signals';
import type { AnswerActions } from '../../answer/AnswerCard';
import type { Api } from '../../api/client';
import type { Conversation } from '../../core/conversation';
import type { Turn } from '../../core/turn';
import { fileName, saveFile } from '../../ui/download';

interface ActionContext {
  api: Api;
  conversation: Conversation;
  turn: Signal<Turn>;
  edit: (question: string) => void;
  notify: (message: string) => void;
}

/** What the buttons of one answer do. A failed side errand is told, the answer stays. */
export function answerActions(context: ActionContext): AnswerActions {
  const { api, conversation, turn, edit, notify } = context;
  const errand = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      return true;
    } catch (cause) {
      notify(cause instanceof Error ? cause.message : String(cause));
      return false;
    }
  };
  const queryId = () => turn.value.queryId!;
  return {
    onAsk: (question) => void conversation.ask(question),
    onRetry: () => void conversation.retry(turn),
    onAskAnew: () => void conversation.askAnew(turn),
    onEdit: () => edit(turn.value.question),
    onSave: () => {
      const { question, statement } = turn.value;
      const sql = statement!.sql;
      return errand(api.addFavorite({ query_id: queryId(), name: question, question, sql }));
    },
    onRate: (rating, comment) =>
      errand(api.feedback(queryId(), { rating, ...(comment && { comment }) })),
    onExport: async (format) => {
      const save = async () =>
        saveFile(await api.exportFile(queryId(), format), fileName(turn.value.question, format));
      await errand(save());
    },
  };
}
