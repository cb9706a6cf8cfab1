import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ThemeState } from '../../core/prefs';
import type { Mode } from '../loader/contract';

interface SurfaceProps {
  mode: Mode;
  side: 'start' | 'end';
  title: string;
  isOpen: ReadonlySignal<boolean>;
  theme: ThemeState;
  onClose: () => void;
  children: ComponentChildren;
}

/**
 * What the panel stands on. A modal dialog and a popover both live in the top layer, above any
 * `z-index`, `overflow` or `transform` of the host page; inline it is a plain region.
 */
export function Surface({ mode, side, title, isOpen, theme, onClose, children }: SurfaceProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = isOpen.value;

  // Before any effect of the panel inside: nothing in a closed dialog can take the focus.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (mode === 'panel') element.togglePopover(open);
    else if (open && !element.open) element.showModal();
    else if (!open && element.open) element.close();
  }, [open, mode]);

  const scheme = theme.choice.value === 'auto' ? 'light dark' : theme.choice.value;
  if (mode === 'inline') {
    return (
      <section
        class="surface inline"
        part="panel"
        aria-label={title}
        style={{ colorScheme: scheme }}
      >
        {children}
      </section>
    );
  }
  return (
    <dialog
      ref={dialog}
      class={`surface ${mode} ${side}`}
      part="panel"
      aria-label={title}
      popover={mode === 'panel' ? 'manual' : undefined}
      style={{ colorScheme: scheme }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        // Only the backdrop of a modal reports the dialog itself outside its box.
        if (mode === 'modal' && event.target === dialog.current && isOutside(event)) onClose();
      }}
      onKeyDown={(event) => {
        if (mode === 'panel' && event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      {open && children}
    </dialog>
  );
}

function isOutside(event: PointerEvent): boolean {
  const box = (event.target as Element).getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}
