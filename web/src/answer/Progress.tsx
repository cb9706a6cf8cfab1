import { text } from '../core/i18n/en';
import { formatDuration } from '../core/format/time';
import type { Step, Turn } from '../core/turn';
import { Icon } from '../ui/Icon';
import { useNow } from '../ui/useNow';

const marks = { done: 'check', failed: 'cross', stopped: 'stop' } as const;

function StepItem({ step, now }: { step: Step; now: number }) {
  const elapsed = step.elapsedMs ?? now - step.startedAt;
  return (
    <li class={`step ${step.status}`}>
      {step.status === 'running' ? <span class="spinner" /> : <Icon name={marks[step.status]} />}
      <span class="step-name">{text.stages[step.stage] ?? step.stage}</span>
      <span class="step-time">{formatDuration(Math.max(0, elapsed))}</span>
    </li>
  );
}

function summary({ phase, answer, steps, startedAt, finishedAt }: Turn): string {
  const wall = formatDuration((finishedAt ?? startedAt) - startedAt);
  if (phase === 'stopped') return text.stoppedAfter(wall);
  if (phase === 'failed') return text.failedAfter(wall);
  return text.answeredIn(formatDuration(answer?.timing_ms.total ?? 0), steps.length);
}

/** The stages with live times; one line to unfold once the turn has ended. */
export function Progress({ turn }: { turn: Turn }) {
  const isRunning = turn.phase === 'running';
  const now = useNow(isRunning);
  const steps = (
    <ol class="steps">
      {turn.steps.map((step, at) => (
        <StepItem key={at} step={step} now={now} />
      ))}
      {isRunning && turn.steps.length === 0 && (
        <li class="step running">
          <span class="spinner" />
          <span class="step-name">{text.sending}</span>
        </li>
      )}
    </ol>
  );
  if (isRunning) return <div class="progress">{steps}</div>;
  if (turn.steps.length === 0) return null;
  return (
    <details class="progress">
      <summary>
        {summary(turn)}
        {turn.answer?.cached && <span class="badge">{text.cached}</span>}
      </summary>
      {steps}
    </details>
  );
}
