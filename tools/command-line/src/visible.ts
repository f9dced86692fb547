/** Control characters, and characters that change the direction of a line: Unicode's Cc and Bidi_Control. */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}]/gu;
const COLOUR = /(\x1b\[\d+m)/; // eslint-disable-line no-control-regex -- it is what a colour is

/**
 * Foreign text for a terminal: everything that would act on it, such as an escape sequence, is shown as `\u001b`; tab
 * and line feed stay. A file or another program gets the text unchanged.
 */
export function visible(text: string, onTerminal: boolean = process.stdout.isTTY): string {
  return onTerminal ? text.replace(HIDDEN, escaped) : text;
}

/** The same for coloured output of `inspect`. Its colours stay, because it escapes every other escape character. */
export function visibleColoured(text: string, onTerminal: boolean = process.stdout.isTTY): string {
  return text
    .split(COLOUR)
    .map((part) => (COLOUR.test(part) ? part : visible(part, onTerminal)))
    .join('');
}

function escaped(character: string): string {
  if (character === '\t' || character === '\n') return character;
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
