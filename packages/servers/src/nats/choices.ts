import { join } from 'node:path';
import { cacheDir } from '../fetch/cache';
import type { Choice, Program } from '../fetch/choice';
import { findOnPath, isExecutable } from '../fetch/find-program';
import { buildNats } from './build-nats';
import { downloadNats } from './download-nats';
import { natsFolder, type NatsRelease } from './release';

/**
 * The sources of a server of NATS, best first.
 * @param program how to run the program at this path; it throws when that cannot be used
 */
export function natsChoices(
  release: NatsRelease,
  program: (file: string) => Program | Promise<Program>,
): readonly Choice[] {
  const name = release.program;
  return [
    {
      name: 'the server at NATS_URL',
      look({ env }) {
        const url = env['NATS_URL'];
        return url ? Promise.resolve({ url }) : Promise.reject(new Error('NATS_URL is not set'));
      },
    },
    {
      name: `${name} on PATH`,
      async look({ env }) {
        const file = await findOnPath(name, env);
        if (file === undefined) throw new Error('there is none');
        return { program: await program(file) };
      },
    },
    {
      name: `${name} in the cache`,
      async look({ env }) {
        const file = join(cacheDir(env), natsFolder(release), name);
        if (!(await isExecutable(file))) throw new Error('there is none');
        return { program: await program(file) };
      },
    },
    {
      name: 'the official release, downloaded',
      look: async (surroundings) => ({ program: await program(await downloadNats(release, surroundings)) }),
    },
    {
      name: `${name}, built by go install`,
      look: async (surroundings) => ({ program: await program(await buildNats(release, surroundings)) }),
    },
  ];
}
