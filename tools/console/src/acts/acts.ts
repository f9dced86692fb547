import { z } from 'zod';
import { ActError } from './act-error';

/** One thing that the page can ask for. */
export interface Act {
  run(body: unknown): Promise<unknown>;
}

/** An act whose request has this form. */
export function act<T>(form: z.ZodType<T>, run: (given: T) => unknown): Act {
  return {
    run: async (body) => {
      const given = form.safeParse(body);
      if (!given.success) throw new ActError(z.prettifyError(given.error));
      return (await run(given.data)) ?? {};
    },
  };
}

/** All that the page can ask for, by name. */
export class Acts {
  private readonly all: ReadonlyMap<string, Act>;

  constructor(...groups: readonly Readonly<Record<string, Act>>[]) {
    this.all = new Map(groups.flatMap((group) => Object.entries(group)));
  }

  /** @throws ActError when there is no such act, the request has another form, or it cannot be done */
  run(name: string, body: unknown): Promise<unknown> {
    const found = this.all.get(name);
    return found ? found.run(body) : Promise.reject(new ActError('this console cannot do that'));
  }
}
