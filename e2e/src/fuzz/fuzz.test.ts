import { spawnSync } from 'node:child_process';
import { TestSystem } from '../system.helper';
import { fuzz } from './fuzz';

/** Whether the fuzzer can be had. */
const pip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
const withPython = pip ? test : test.skip;

let system: TestSystem | undefined;
afterEach(() => system?.close());

withPython(
  'whatever the document allows or forbids, the replies are as it says (needs python3 with pip on PATH)',
  async () => {
    system = await TestSystem.open();
    await Promise.all([system.start('tickets'), system.start('orders')]);
    const lines: string[] = [];
    const run = fuzz({ url: system.url, examples: 20, seed: 1, say: (line) => lines.push(line) });
    await run.catch(() => {
      throw new Error(lines.join('\n'));
    });
    expect(lines.join('\n')).toMatch(/\d+ generated/);
  },
);
