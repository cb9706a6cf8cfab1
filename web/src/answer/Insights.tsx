import type { Insight } from '../api/types';
import { text } from '../core/i18n/en';
import { Markdown } from '../core/md/Markdown';
import { Icon } from '../ui/Icon';

const tones: Record<string, 'warn' | 'danger' | 'success'> = {
  warning: 'warn',
  warn: 'warn',
  critical: 'danger',
  error: 'danger',
  positive: 'success',
  success: 'success',
};

export function Insights({ insights }: { insights: Insight[] }) {
  if (insights.length === 0) return <p class="hint">{text.noInsights}</p>;
  return (
    <ul class="insights">
      {insights.map(({ severity, message }) => {
        const tone = tones[severity] ?? 'info';
        return (
          <li class={tone}>
            <Icon name={tone === 'warn' || tone === 'danger' ? 'warning' : 'bulb'} />
            <Markdown source={message} />
          </li>
        );
      })}
    </ul>
  );
}
