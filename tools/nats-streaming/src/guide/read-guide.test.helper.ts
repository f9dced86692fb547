/** One thing to do in a terminal, and what it then prints. */
export interface Step {
  readonly terminal: string;
  /** `$ command` runs it; `^C` interrupts what runs there; any other text is typed. Undefined: nothing, more is printed. */
  readonly run?: string;
  readonly interrupt?: true;
  /** A file to write, relative to the folder of the reader; its lines are `expected`. */
  readonly file?: string;
  readonly type?: string;
  /** Lines that must come next; `...` stands for any number of lines. */
  readonly expected: readonly string[];
  /** The line of the guide, for error messages. */
  readonly line: number;
}

const FENCE = /^```console (\S+)$/;
const FILE = /^```\w+ (\S+\/\S+)$/;

/**
 * The marked blocks of a guide: those fenced as "console", with the name of a terminal, and files, with a path. In a terminal, a line
 * with `$ ` runs a command, `^C` interrupts, `rs` is typed, and the other lines are expected output.
 */
export function readGuide(text: string): Step[] {
  const steps: { -readonly [K in keyof Step]: Step[K] extends readonly string[] ? string[] : Step[K] }[] = [];
  let terminal: string | undefined;
  text.split('\n').forEach((content, index) => {
    const line = index + 1;
    const current = steps.at(-1);
    if (terminal === undefined) {
      const file = FILE.exec(content)?.[1];
      terminal = FENCE.exec(content)?.[1] ?? file;
      if (terminal !== undefined) steps.push({ terminal, ...(file !== undefined && { file }), expected: [], line });
    } else if (content === '```') terminal = undefined;
    else if (current?.file !== undefined) current.expected.push(content);
    else if (content.startsWith('$ ')) steps.push({ terminal, run: content.slice(2), expected: [], line });
    else if (content === '^C') steps.push({ terminal, interrupt: true, expected: [], line });
    else if (content === 'rs') steps.push({ terminal, type: content, expected: [], line });
    else current?.expected.push(content);
  });
  return steps;
}
