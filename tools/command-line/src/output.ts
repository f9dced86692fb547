import { styleText } from 'node:util';
import Table from 'cli-table3';
import { visible, visibleColoured } from './visible';

/**
 * Prints lines on standard output. On a terminal everything in them that would act on it is escaped, except colours.
 */
export function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${visibleColoured(line)}\n`).join(''));
}

/** One JSON value, for programs: a command with `--json` prints nothing else on standard output. */
export function sayJson(value: unknown): void {
  say(visible(JSON.stringify(value, null, 2)));
}

/**
 * Columns of text without frames, so that a long last column may wrap and every line can be searched.
 * @param cell how a text is shown; by default as foreign text. For cells with our own colours give one that keeps them
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  cell: (text: string) => string = (text) => visible(text),
): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const nor = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '' };
  const lines = new Table({
    head: [...head],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    chars: { ...none, ...nor, 'right-mid': '', middle: '  ' },
  });
  lines.push(...rows.map((row) => row.map((value) => (typeof value === 'string' ? cell(value) : value))));
  return lines.toString().replace(/ +$/gm, '');
}

/** Prints lines on standard error: for the person, not for a program that reads standard output. */
export function tell(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${visible(line, process.stderr.isTTY)}\n`).join(''));
}

/** For commander: its refusals must not repeat an argument, which may be an address with a password or a token. */
export const withoutAddresses = {
  outputError: (text: string, write: (text: string) => void) => write(text.replace(/ argument '[^]*@[^]*' is/, ' is')),
};

/** Whether to use colours on standard output: on a terminal, unless NO_COLOR is set (no-color.org). */
export function hasColor(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors();
}

/** Colours a text for standard output, if colours are in use. */
export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return hasColor() ? styleText(style, visible(text)) : visible(text);
}
