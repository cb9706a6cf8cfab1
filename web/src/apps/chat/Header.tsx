import type { Signal } from '@preact/signals';
import type { Health } from '../../api/types';
import { text } from '../../core/i18n/en';
import { componentName } from '../../core/componentName';
import type { ThemeState } from '../../core/prefs';
import { IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import type { Mode } from '../loader/contract';

interface HeaderProps {
  title: string;
  health: Health | null;
  theme: ThemeState;
  mode: Mode;
  isDrawerOpen: Signal<boolean>;
  isFull: Signal<boolean>;
  isLocked: boolean;
  onNewChat: () => void;
  onClose: () => void;
}

const nextTheme = { auto: 'light', light: 'dark', dark: 'auto' } as const;

function ConnectionChip({ health }: { health: Health }) {
  const { database, llm } = health.components ?? {};
  if (!database) return null;
  const isUp = !/down|fail|error|unavailable/.test(database.status);
  const names = [componentName(database), componentName(llm)].filter(Boolean);
  return (
    <span class={isUp ? 'connection' : 'connection down'} title={names.join(' · ')}>
      <Icon name={isUp ? 'database' : 'warning'} />
      <span>{componentName(database)}</span>
    </span>
  );
}

/** A `div`: a `header` inside a dialog would be exposed as the page's banner. */
export function Header({
  title,
  health,
  theme,
  mode,
  isDrawerOpen,
  isFull,
  isLocked,
  onNewChat,
  onClose,
}: HeaderProps) {
  const choice = theme.choice.value;
  const isInline = mode === 'inline';
  return (
    <div class="header" part="header">
      <IconButton
        icon="history"
        label={text.history}
        disabled={isLocked}
        expanded={isDrawerOpen.value}
        onClick={() => {
          isDrawerOpen.value = !isDrawerOpen.value;
        }}
      />
      <h2>{title}</h2>
      {health && <ConnectionChip health={health} />}
      <span class="spacer" />
      <IconButton icon="plus" label={text.newChat} disabled={isLocked} onClick={onNewChat} />
      <IconButton
        icon={choice}
        label={text.theme[choice]}
        onClick={() => theme.choose(nextTheme[choice])}
      />
      {!isInline && (
        <span class="full-toggle">
          <IconButton
            icon={isFull.value ? 'shrink' : 'expand'}
            label={isFull.value ? text.leaveFullScreen : text.fullScreen}
            onClick={() => {
              isFull.value = !isFull.value;
            }}
          />
        </span>
      )}
      {!isInline && <IconButton icon="close" label={text.close} onClick={onClose} />}
    </div>
  );
}
