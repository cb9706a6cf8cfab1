import type { SqlEvent } from '../api/types';
import { text } from '../core/i18n/en';

/** What each phrase of the question was taken to mean, so that a wrong guess can be seen. */
export function Reading({ statement }: { statement: SqlEvent }) {
  const { explanation, readings = [], confidence } = statement;
  if (!explanation && readings.length === 0) return null;
  return (
    <div class="reading">
      {explanation && <p>{explanation}</p>}
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
