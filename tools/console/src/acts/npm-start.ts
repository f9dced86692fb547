import type { Fault, FromConsole, How, ToConsole } from '@ticketing/start/console';
import type { PartRow } from '../page/model/system';
import { ActError } from './act-error';

type Request = { what: 'part'; part: string; how: How } | { what: 'deliver'; service: string; fault: Fault };

export interface NpmStartOptions {
  readonly onLine: (service: string, text: string) => void;
  /** A fault of a delivery has happened. */
  readonly onHappened: (text: string) => void;
}

/** The `npm start` that this console is a child of: it hands on what its services print, and breaks what it is asked to. */
export class NpmStart {
  private rows: readonly PartRow[] = [];
  private last = 0;
  private readonly waiting = new Map<number, (problem: string | undefined) => void>();
  private readonly listeners = new Set<() => void>();

  constructor(options: NpmStartOptions) {
    process.on('message', (words: ToConsole) => {
      if (words.what === 'line') options.onLine(words.service, words.text);
      else if (words.what === 'happened') options.onHappened(words.text);
      else if (words.what === 'answer') this.waiting.get(words.id)?.(words.problem);
      else {
        this.rows = words.parts;
        for (const listener of this.listeners) listener();
      }
    });
  }

  get parts(): readonly PartRow[] {
    return this.rows;
  }

  /** Returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  ready(url: string): void {
    this.send({ what: 'ready', url });
  }

  /** Resolves when it is done. @throws ActError that says why it cannot be */
  async ask(request: Request): Promise<void> {
    const id = ++this.last;
    const problem = await new Promise<string | undefined>((resolve) => {
      this.waiting.set(id, resolve);
      this.send({ ...request, id });
    });
    this.waiting.delete(id);
    if (problem !== undefined) throw new ActError(problem);
  }

  private send(words: FromConsole): void {
    process.send?.(words);
  }
}
