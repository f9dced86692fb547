const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';

/**
 * Returns a function that draws lines over those drawn before, from the top of the terminal. It cuts lines that are too
 * long, leaves out lines that do not fit, and says so. Wrapping is on again when the process exits.
 */
export function screen(terminal: NodeJS.WriteStream): (lines: readonly string[]) => void {
  terminal.write(NO_WRAP);
  process.once('exit', () => terminal.write(WRAP));
  return (lines) => {
    const shown = cut(lines, terminal.rows).map((line) => `${line}${CLEAR_LINE}\n`);
    terminal.write(`${HOME}${shown.join('')}${CLEAR_BELOW}`);
  };
}

/** @param rows of the terminal; some do not know and say 0. The last one stays free, for the cursor */
export function cut(lines: readonly string[], rows: number): readonly string[] {
  const room = rows > 0 ? rows - 1 : lines.length;
  if (lines.length <= room) return lines;
  const left = lines.length - Math.max(0, room - 1);
  return [...lines.slice(0, Math.max(0, room - 1)), `... ${left} more lines: name channels, or make the window higher`];
}
