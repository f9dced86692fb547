/** How to run a server that was found: its command line, and how to see that it is ready. */
export interface Program {
  readonly command: string;
  /** The arguments for this port and this existing, private data folder. */
  args(port: number, dataDir: string): readonly string[];
  /** Matches the server's output when it is ready. */
  readonly ready: RegExp;
  /** The folder below the data folder that this kind of server may call its own: formats differ. */
  readonly dataName: string;
  /** Files that it needs in its data folder: their contents by name. Written before each start. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The result of a choice: a program to run, or the address of a running server. */
export type Offer = { readonly program: Program } | { readonly url: string };

/** Takes a line for people; `inVain` when it only says what was tried without success, which matters when nothing succeeds. */
export type SetUpLog = (line: string, inVain?: 'in vain') => void;

/** What a choice may look at. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly log: SetUpLog;
}

/** One way to get a server. */
export interface Choice {
  /** For people, e.g. "mongod on PATH". */
  readonly name: string;
  /** Gives the server, or throws an error whose message says why it cannot, and the remedy if there is one. */
  look(surroundings: Surroundings): Promise<Offer>;
}

/** An offer cannot be used, and no other choice can do better. */
export class NoOtherChoice extends Error {}

/** Every choice failed; the message lists each with its reason. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
  constructor(
    what: string,
    readonly reasons: readonly { choice: string; reason: string }[],
  ) {
    super(
      [
        `What was tried for ${what}:`,
        ...reasons.map((r) => `  - ${r.choice}: ${r.reason}`),
        `${what} could not be started: none of these worked.`,
      ].join('\n'),
    );
  }
}

/**
 * Tries the choices in order and resolves with the first one whose offer can be used. A given address is not passed
 * over: if it cannot be used, this fails.
 * @throws NoServerError when none worked; NoOtherChoice as soon as `use` throws it.
 */
export async function firstThatWorks<T>(
  what: string,
  choices: readonly Choice[],
  surroundings: Surroundings,
  use: (offer: Offer, choice: Choice) => Promise<T>,
): Promise<T> {
  const reasons: { choice: string; reason: string }[] = [];
  for (const choice of choices) {
    try {
      const taken = await use(await choice.look(surroundings), choice);
      surroundings.log(`${what}: ${choice.name}`);
      return taken;
    } catch (error) {
      if (error instanceof NoOtherChoice) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      surroundings.log(`${what}: not ${choice.name}: ${reason}`, 'in vain');
      reasons.push({ choice: choice.name, reason });
    }
  }
  throw new NoServerError(what, reasons);
}
