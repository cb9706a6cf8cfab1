import { useEffect, useState } from 'preact/hooks';

/** The time, kept fresh while `isRunning`; otherwise nothing ticks. */
export function useNow(isRunning: boolean, everyMs = 100): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [isRunning, everyMs]);
  return now;
}
