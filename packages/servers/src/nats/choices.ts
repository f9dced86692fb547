import { join } from 'node:path';
import { cacheDir } from '../fetch/cache';
import type { Choice } from '../fetch/choice';
import { findOnPath, isExecutable } from '../fetch/find-program';
import { buildNats } from './build-nats';
import { downloadNats } from './download-nats';
import { natsProgram, NATS_PROGRAM, natsFolder } from './nats-program';

/** The sources of NATS Streaming, best first; each is started with `args`. */
export function natsChoices(args: readonly string[]): readonly Choice[] {
  return [
    {
      name: 'the server at NATS_URL',
      look({ env }) {
        const url = env['NATS_URL'];
        return url ? Promise.resolve({ url }) : Promise.reject(new Error('NATS_URL is not set'));
      },
    },
    {
      name: 'nats-streaming-server on PATH',
      async look({ env }) {
        const file = await findOnPath(NATS_PROGRAM, env);
        if (file === undefined) throw new Error('there is none');
        return { program: natsProgram(file, args) };
      },
    },
    {
      name: 'nats-streaming-server in the cache',
      async look({ env }) {
        const file = join(cacheDir(env), natsFolder(), NATS_PROGRAM);
        if (!(await isExecutable(file))) throw new Error('there is none');
        return { program: natsProgram(file, args) };
      },
    },
    {
      name: 'the official release, downloaded',
      look: async (surroundings) => ({ program: natsProgram(await downloadNats(surroundings), args) }),
    },
    {
      name: 'nats-streaming-server, built by go install',
      look: async (surroundings) => ({ program: natsProgram(await buildNats(surroundings), args) }),
    },
  ];
}
