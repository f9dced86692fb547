import { spawnSync } from 'node:child_process';
import { TestSystem } from '../system/system.helper';
import { fuzz } from './fuzz';

const SCRIPT = 'import sys, pip; sys.exit(sys.version_info < (3, 10))';
const pip = spawnSync('python3', ['-c', SCRIPT]).status === 0;
const withPython = pip ? test : test.skip;

let system: TestSystem | undefined;
afterEach(() => system?.close());

withPython(
  'whatever the document allows or forbids, the replies are as it says (needs Python 3.10 with pip)',
  async () => {
    system = await TestSystem.open();
    await Promise.all([system.start('tickets'), system.start('orders')]);
    const lines: string[] = [];
    const run = fuzz({ url: system.url, examples: 20, seed: 1, say: (line) => lines.push(line) });
    await run.catch((cause: unknown) => {
      throw new Error(lines.join('\n'), { cause });
    });
    expect(lines.join('\n')).toMatch(/\d+ generated/);
  },
  240_000, // the first time it is got
);
