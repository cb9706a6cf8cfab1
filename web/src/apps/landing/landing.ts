import { createApi, isOpenIn } from '../../api/client';
import { componentName } from '../../core/componentName';
import type { Health } from '../../api/types';

const EXAMPLES = 6;
const api = createApi({ base: location.origin });
const byId = (id: string) => document.getElementById(id)!;

/** Calls made before the widget's script has run wait in its queue. */
function widget(...command: [string, ...unknown[]]): void {
  window.SQLatte ??= Object.assign(
    (...call: unknown[]) => void (window.SQLatte!.q ??= []).push(call),
    { q: [] as ArrayLike<unknown>[] },
  );
  window.SQLatte(...command);
}

const ask = (question: string) => widget('ask', question);

function showExamples(questions: string[]): void {
  const list = byId('examples');
  const buttons = questions.slice(0, EXAMPLES).map((question) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = question;
    button.addEventListener('click', () => ask(question));
    return button;
  });
  list.replaceChildren(...buttons);
  list.hidden = buttons.length === 0;
}

function showServer({ version, components: { database, llm } = {} }: Health): void {
  const source = componentName(database);
  const model = componentName(llm);
  const reader = model === 'offline' ? 'read without a model' : `read by ${model}`;
  const line = byId('server');
  line.textContent = `Answers come from ${source}, ${reader}`;
  line.hidden = source === '';
  byId('version').textContent = version ?? '';
}

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const question = String(new FormData(form).get('question')).trim();
  if (question) ask(question);
  form.reset();
});

const snippet = `<script src="${location.origin}/widget.js" async></script>`;
byId('snippet').textContent = snippet;
byId('copy').addEventListener('click', (event) => {
  const button = event.currentTarget as HTMLButtonElement;
  const say = (word: string) => {
    button.textContent = word;
  };
  navigator.clipboard?.writeText(snippet).then(
    () => say('Copied'),
    () => getSelection()?.selectAllChildren(byId('snippet')),
  );
});

byId('unlock').addEventListener('click', () => widget('open'));

/** The page is complete without what the server adds, and asks for it only where it may. */
async function load(): Promise<void> {
  const health = await api.health();
  const isOpen = isOpenIn(health);
  byId('locked').hidden = isOpen;
  if (!isOpen) return;
  showServer(health);
  showExamples(await api.suggestions());
}

const start = () => void load().catch(() => {});
document.addEventListener('sqlatte:unlock', start);
start();
