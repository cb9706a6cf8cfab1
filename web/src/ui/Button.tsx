import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';

interface ButtonProps {
  children: ComponentChildren;
  onClick: () => void;
  icon?: IconName;
  kind?: 'plain' | 'primary' | 'outline';
  disabled?: boolean;
  label?: string;
}

export function Button({ children, onClick, icon, kind = 'plain', disabled, label }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${kind}`}
      disabled={disabled}
      aria-label={label}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  pressed?: boolean;
  expanded?: boolean;
  small?: boolean;
  disabled?: boolean;
}

export function IconButton(props: IconButtonProps) {
  return (
    <button
      type="button"
      class={props.small ? 'icon-button small' : 'icon-button'}
      title={props.label}
      aria-label={props.label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
