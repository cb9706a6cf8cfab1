import { useEffect, useState } from 'preact/hooks';

/** Without the async clipboard (plain http, policy) the old command on a hidden field still works. */
export async function writeClipboard(text: string, near: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const root = near.getRootNode() as ShadowRoot;
    const focused = root.activeElement as HTMLElement | null;
    const field = document.createElement('textarea');
    field.value = text;
    field.style.cssText = 'position:fixed;opacity:0';
    near.append(field);
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    focused?.focus();
    return isCopied;
  }
}

/** Copies, and says so for two seconds. */
export function useCopy(): [isCopied: boolean, copy: (text: string, near: Element) => void] {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return [isCopied, (text, near) => void writeClipboard(text, near).then(setCopied)];
}
