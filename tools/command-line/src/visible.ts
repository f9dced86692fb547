/** Control characters but tab and line feed, and what turns the direction of a line: Unicode's Cc and Bidi_Control. */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * Foreign text for standard output. On a terminal what would act on it, such as an escape sequence, is shown as `\x1b`; a file or
 * another program gets the text as it is.
 */
export function visible(text: string, onTerminal: boolean = process.stdout.isTTY): string {
  return onTerminal ? text.replace(HIDDEN, escaped) : text;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\t' || character === '\n') return character;
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
