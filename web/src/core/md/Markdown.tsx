import { parseBlocks, type Inline } from './parse';

const TAGS = { strong: 'strong', em: 'em', code: 'code' } as const;

function Spans({ content }: { content: Inline[] }) {
  return content.map(({ kind, text }) => {
    if (kind === 'text') return text;
    const Tag = TAGS[kind];
    return <Tag>{text}</Tag>;
  });
}

export function Markdown({ source }: { source: string }) {
  return (
    <div class="md">
      {parseBlocks(source).map((block) =>
        block.kind === 'paragraph' ? (
          <p>
            <Spans content={block.content} />
          </p>
        ) : (
          <ul>
            {block.items.map((item) => (
              <li>
                <Spans content={item} />
              </li>
            ))}
          </ul>
        ),
      )}
    </div>
  );
}
