import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../../core/i18n/en';
import { Cup } from './Cup';

interface KeyFormProps {
  /** Whether the key opens the server; rejects when the server cannot be asked. */
  unlock: (key: string) => Promise<boolean>;
  takesFocus: boolean;
}

/** In place of the conversation, where the server answers only to an access key. */
export function KeyForm({ unlock, takesFocus }: KeyFormProps) {
  const field = useRef<HTMLInputElement>(null);
  const [isTrying, setTrying] = useState(false);
  const [fault, setFault] = useState('');

  useEffect(() => {
    if (takesFocus) field.current!.focus();
  }, [takesFocus]);

  async function submit(event: Event) {
    event.preventDefault();
    setTrying(true);
    setFault('');
    const opened = await unlock(field.current!.value.trim()).catch((cause: Error) => cause.message);
    // Once it is open this form is gone.
    if (opened === true) return;
    setTrying(false);
    setFault(opened || text.keyRefused);
    field.current?.select();
  }

  return (
    <form class="empty key" onSubmit={(event) => void submit(event)}>
      <Cup />
      <h3>{text.keyTitle}</h3>
      <p class="hint">{text.keyText}</p>
      <label>
        {text.key}
        <input
          ref={field}
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          aria-invalid={fault !== ''}
        />
      </label>
      <button class="button primary" disabled={isTrying}>
        {text.unlock}
      </button>
      <p class="fault" role="alert">
        {fault}
      </p>
    </form>
  );
}
