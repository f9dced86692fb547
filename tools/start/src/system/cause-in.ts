/** A line of a log: pino's numbers of levels. */
interface Facts {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly reason?: unknown;
  readonly err?: { readonly message?: unknown };
}

const [WARN, ERROR] = [40, 50];
const OF_A_STACK = /^\s*$|^\s+at |^Node\.js v/;

/** Why a program has ended, as far as its last lines say: the last error that it logged, else the last line that is not of a stack. */
export function causeIn(lines: readonly string[]): string | undefined {
  const logged = lines.map(factsOf).findLast((facts) => typeof facts?.level === 'number' && facts.level >= ERROR);
  const said = [logged?.msg, logged?.err?.message].filter((text) => typeof text === 'string' && text !== '');
  return said.length > 0 ? said.join(': ') : lines.findLast((line) => !OF_A_STACK.test(line))?.trim();
}

/** What a program that goes on trying has warned of last, with the reason; undefined when it has not. */
export function warningIn(lines: readonly string[]): string | undefined {
  const { msg, reason } = lines.map(factsOf).findLast((facts) => facts?.level === WARN) ?? {};
  if (typeof msg !== 'string') return undefined;
  return [msg.replace(/: trying again$/, ''), reason].filter((text) => typeof text === 'string').join(': ');
}

function factsOf(line: string): Facts | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Facts;
  } catch {
    return undefined;
  }
}
