/**
 * The little Markdown that answers use: paragraphs, lists, bold, italic, code. It becomes a tree and
 * then VNodes, never an HTML string, so text from a model or a database cannot become markup.
 */
export type Inline = { kind: 'text' | 'strong' | 'em' | 'code'; text: string };
export type Block = { kind: 'paragraph'; content: Inline[] } | { kind: 'list'; items: Inline[][] };

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|(?<![\w*])[*_]([^\s*_](?:[^*_]*[^\s*_])?)[*_](?![\w*])/g;
const ITEM = /^\s*(?:[-*•]|\d+[.)])\s+/;

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  const push = (kind: Inline['kind'], value: string) => {
    if (value) parts.push({ kind, text: value });
  };
  for (const match of text.matchAll(INLINE)) {
    push('text', text.slice(from, match.index));
    if (match[1]) push('code', match[1]);
    else if (match[2]) push('strong', match[2]);
    else push('em', match[3]!);
    from = match.index + match[0].length;
  }
  push('text', text.slice(from));
  return parts;
}

export function parseBlocks(source: string): Block[] {
  const blocks: Block[] = [];
  for (const chunk of source.trim().split(/\n\s*\n/)) {
    let prose: string[] = [];
    let items: string[] = [];
    const flush = () => {
      if (prose.length) blocks.push({ kind: 'paragraph', content: parseInline(prose.join(' ')) });
      if (items.length) blocks.push({ kind: 'list', items: items.map(parseInline) });
      prose = [];
      items = [];
    };
    for (const line of chunk.split('\n')) {
      if (ITEM.test(line)) {
        if (prose.length) flush();
        items.push(line.replace(ITEM, ''));
      } else {
        if (items.length) flush();
        prose.push(line.trim());
      }
    }
    flush();
  }
  return blocks;
}
