/** The parts of the output that differ each time. */
const TOKENS: readonly [kind: string, pattern: string][] = [
  ['client', '\\b(?:listener|publisher)-[\\w-]+-[0-9a-f]{12}\\b'],
  ['guid', '\\b[0-9A-Z]{22}\\b'],
  ['uuid', '\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b'],
  ['time', '\\b\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z'],
  ['pid', '(?<=\\bpid )\\d+'],
  ['duration', '\\b\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)(?:\\d+(?:\\.\\d+)?s)?\\b'],
];
const ANY = new RegExp(TOKENS.map(([kind, pattern]) => `(?<${kind}>${pattern})`).join('|'), 'g');
/** The parts that have one value through the whole guide. */
const NAMES = new Set(['client', 'guid', 'uuid', 'pid']);

interface Token {
  readonly kind: string;
  readonly value: string;
}

function tokensOf(line: string): Token[] {
  return [...line.matchAll(ANY)].map(({ groups = {} }) => {
    const [kind = '', value = ''] = Object.entries(groups).find(([, found]) => found !== undefined) ?? [];
    return { kind, value };
  });
}

const shapeOf = (line: string) =>
  line
    .replace(ANY, (...found) => `<${Object.entries(found.at(-1) as object).find(([, value]) => value)?.[0]}>`)
    .replace(/\s+/g, ' ')
    .trim();

/** Maps the names in a guide to the present names, from the printed lines on. */
export class Likeness {
  private readonly nowOf = new Map<string, string>();

  /**
   * Whether the printed line equals that of the guide, except for the parts that differ each time. If so, remembers the
   * names.
   */
  matches(guide: string, printed: string): boolean {
    if (shapeOf(guide) !== shapeOf(printed)) return false;
    const [before, now] = [tokensOf(guide), tokensOf(printed)];
    const pairs = before.flatMap(({ kind, value }, index): [string, string][] =>
      NAMES.has(kind) ? [[value, now[index]?.value ?? '']] : [],
    );
    if (pairs.some(([name, is]) => (this.nowOf.get(name) ?? is) !== is)) return false;
    for (const [name, is] of pairs) this.nowOf.set(name, is);
    return true;
  }

  /** A command of the guide with the present names. */
  translate(command: string): string {
    return command.replace(/[\w-]+/g, (word) => this.nowOf.get(word) ?? word);
  }
}
