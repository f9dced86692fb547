import Table from 'cli-table3';

/** Lines on standard output. */
export function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** One JSON value, for programs: a command with `--json` prints nothing else on standard output. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2));
}

/** Columns of text without frames, so that a long last one may wrap and every line can be searched. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const nor = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '' };
  const lines = new Table({
    head: [...head],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    chars: { ...none, ...nor, 'right-mid': '', middle: '  ' },
  });
  lines.push(...rows.map((row) => [...row]));
  return lines.toString().replace(/ +$/gm, '');
}
