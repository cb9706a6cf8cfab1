import type { SqlEvent } from '../api/types';
import { text } from '../core/i18n/en';

/** What each phrase of the question was taken to mean; what it did not say at once, so that a wrong guess is seen. */
export function Reading({ statement }: { statement: SqlEvent }) {
  const { explanation, readings = [], confidence } = statement;
  if (!explanation && readings.length === 0) return null;
  const assumed = readings.filter((one) => one.assumed);
  return (
    <div class="reading">
      {explanation && <p>{explanation}</p>}
      {assumed.length > 0 && (
        <p class="hint">
          {text.assumed}:{' '}
          {assumed.map(({ phrase, meaning }) => `${phrase} → ${meaning}`).join('; ')}
        </p>
      )}
      {readings.length > 0 && (
        <details>
          <summary>
            {text.reading}
            {typeof confidence === 'number' && (
              <span class="badge">{text.confidence(Math.round(confidence * 100))}</span>
            )}
          </summary>
          <dl>
            {readings.map(({ phrase, meaning }) => (
              <div>
                <dt>{phrase}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}
