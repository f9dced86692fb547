import { join } from 'node:path';
import { cacheDir } from '../fetch/cache';
import type { Choice } from '../fetch/choice';
import { findOnPath, isExecutable } from '../fetch/find-program';
import { downloadMongod, mongodFolder } from './download-mongod';
import { mongodProgram } from './mongod';
import { prepareSubstitute } from './substitute';

/** The sources of MongoDB, best first. */
export const MONGO_CHOICES: readonly Choice[] = [
  {
    name: 'the server at MONGO_URI',
    look({ env }) {
      const url = env['MONGO_URI'];
      return url ? Promise.resolve({ url }) : Promise.reject(new Error('MONGO_URI is not set'));
    },
  },
  {
    name: 'mongod on PATH',
    async look({ env }) {
      const file = await findOnPath('mongod', env);
      if (file === undefined) throw new Error('there is none');
      return { program: mongodProgram(file) };
    },
  },
  {
    name: 'mongod in the cache',
    async look({ env }) {
      const file = join(cacheDir(env), mongodFolder(), 'mongod');
      if (!(await isExecutable(file))) throw new Error('there is none');
      return { program: mongodProgram(file) };
    },
  },
  {
    name: 'the official mongod, downloaded',
    look: async (surroundings) => ({ program: mongodProgram(await downloadMongod(surroundings)) }),
  },
  {
    name: 'the substitute (mongo-java-server with its H2 backend)',
    look: async (surroundings) => ({ program: await prepareSubstitute(surroundings) }),
  },
];
