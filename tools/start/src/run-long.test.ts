import { installed, makeProject, put, removeProject, run, runOn } from './run.test.helper';

beforeEach(makeProject);
afterEach(removeProject);

test('test:long takes the suites that are long by nature, and no style checks', () => {
  const { stderr } = run('test:long', 'some/path');
  expect(stderr).toContain('jest talks jest.long.config.cjs some/path');
  expect(stderr).not.toContain('eslint');
  expect(stderr).not.toContain('JetStream');
});

/** Replaces what gets another Node: a program that says which one it is. */
const otherNodes = `exports.nodeOf = async (version) => {
  const node = process.cwd() + '/node-' + version;
  const script = '#!/bin/sh\\necho of Node ' + version.split('.')[0] + '\\nexec "' + process.execPath + '" "$@"';
  require('node:fs').writeFileSync(node, script, { mode: 0o755 });
  return node;
};`;

test('test:long without arguments runs suites on JetStream and on other Nodes as well, and all results count', () => {
  put('packages/servers/dist/index.js', otherNodes);
  const ran = runOn('24.9.9', 'test:long');
  expect(ran.stderr).toMatch(/on undefined\njest talks jest\.long[^]*on jetstream\njest talks e2e.*consumer/);
  for (const major of [22, 26]) {
    expect(ran.stderr).toMatch(
      new RegExp(`of Node ${major}\non undefined\njest talks packages/common/ services/orders/ e2e/`),
    );
  }
  const parts = [...ran.stderr.matchAll(/--shard=(\d\/3)/g)].map(([, part]) => part);
  expect([parts.length, new Set(parts).size]).toEqual([2, 2]);
  expect(ran.stderr).not.toContain('of Node 24'); // it is the one that has run them all
  expect([ran.status, ran.stdout]).toEqual([0, '3 passed, 0 failed\n'.repeat(4)]);
  installed('1.0.0', { jest: 1 });
  expect(run('test:long').status).toBe(1);
});

test('test:long counts a Node that cannot be had as skipped', () => {
  put('packages/servers/dist/index.js', `exports.nodeOf = async () => { throw new Error('no network'); };`);
  const { status, stdout, stderr } = runOn('26.9.9', 'test:long');
  expect([status, stdout]).toEqual([
    0,
    `3 passed, 0 failed\n${'0 passed, 0 failed, 1 skipped\n'.repeat(2)}3 passed, 0 failed\n`,
  ]);
  expect(stderr).toContain('no network');
});
