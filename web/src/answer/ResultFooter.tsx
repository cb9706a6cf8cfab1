import { useRef, useState } from 'preact/hooks';
import type { ExportFormat } from '../api/client';
import { rawCell, toTsv } from '../core/format/cell';
import { formatDuration } from '../core/format/time';
import { text } from '../core/i18n/en';
import type { Turn } from '../core/turn';
import { Button, IconButton } from '../ui/Button';
import { useCopy } from '../ui/clipboard';

interface ResultFooterProps {
  turn: Turn;
  onExport: (format: ExportFormat) => Promise<void>;
}

export function ResultFooter({ turn, onExport }: ResultFooterProps) {
  const footer = useRef<HTMLDivElement>(null);
  const [isCopied, copy] = useCopy();
  const [pending, setPending] = useState<ExportFormat | null>(null);
  const answer = turn.answer?.response_type === 'sql' ? turn.answer : null;
  const total = answer?.row_count ?? turn.rowCount;
  const facts = [
    answer?.truncated ? text.firstRows(total) : text.rows(total),
    answer && formatDuration(answer.timing_ms.database ?? answer.timing_ms.total),
  ];

  const exportAs = (format: ExportFormat) => {
    setPending(format);
    void onExport(format).finally(() => setPending(null));
  };
  const copyTable = () => {
    const header = turn.columns.map(({ name }) => name);
    copy(toTsv([header, ...turn.rows.map((row) => row.map(rawCell))]), footer.current!);
  };

  return (
    <div class="toolbar result-footer" ref={footer}>
      <span class="facts">{facts.filter(Boolean).join(' · ')}</span>
      <span class="spacer" />
      {answer && (
        <>
          <IconButton
            icon={isCopied ? 'check' : 'copy'}
            label={isCopied ? text.copied : text.copyTable}
            onClick={copyTable}
            small
          />
          {(['csv', 'xlsx'] as const).map((format) => {
            const name = format === 'csv' ? 'CSV' : 'Excel';
            return (
              <Button
                key={format}
                label={text.exportAs(name)}
                disabled={pending !== null}
                onClick={() => exportAs(format)}
              >
                {pending === format ? <span class="spinner" /> : null}
                {name}
              </Button>
            );
          })}
        </>
      )}
    </div>
  );
}
