import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './scratch.helper';

/** A block of docs/add-a-service.md, in the order of the page: a whole file, a change in one, or commands. */
export type Block =
  | { readonly kind: 'file' | 'change'; readonly path: string; readonly text: string }
  | { readonly kind: 'commands'; readonly text: string };

/** A block after the name of a file is about that file, until something else comes. */
export function blocks(): readonly Block[] {
  const found: Block[] = [];
  const lines = readFileSync(join(ROOT, 'docs/add-a-service.md'), 'utf8').split('\n');
  let path: string | undefined;
  for (let n = 0; n < lines.length; n += 1) {
    const line = lines[n] ?? '';
    const [, language] = /^```(\w+)$/.exec(line) ?? [];
    if (language === undefined) {
      if (line !== '') path = /^\*\*`([^`]+)`\*\*$/.exec(line)?.[1];
      continue;
    }
    const end = lines.indexOf('```', n);
    const text = `${lines.slice(n + 1, end).join('\n')}\n`;
    n = end;
    if (language === 'sh') found.push({ kind: 'commands', text });
    else if (path === undefined) throw new Error(`the block in line ${n + 1} is of no file`);
    else found.push({ kind: language === 'diff' ? 'change' : 'file', path, text });
  }
  return found;
}

/** Does in a folder what a reader does with a block that is about a file. @throws Error when a change fits nowhere, or twice */
export function apply(root: string, block: Block): void {
  if (block.kind === 'commands') return;
  const file = join(root, block.path);
  mkdirSync(dirname(file), { recursive: true });
  if (block.kind === 'file') return writeFileSync(file, block.text);
  const changed = block.text.slice(0, -1).split('\n');
  const side = (others: string) =>
    changed
      .filter((line) => !line.startsWith(others))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const parts = readFileSync(file, 'utf8').split(side('+'));
  if (parts.length !== 2) throw new Error(`a change of ${block.path} fits ${parts.length - 1} times:\n${block.text}`);
  writeFileSync(file, parts.join(side('-')));
}
