import { causeIn } from './cause-in';

const logged = (level: number, msg: string, message?: string) =>
  JSON.stringify({ level, msg, ...(message && { err: { message, stack: 'Error\n    at here' } }) });

test.each([
  [['tickets: JWT_KEY is missing'], 'tickets: JWT_KEY is missing'],
  [
    [logged(30, 'starting'), logged(60, 'start failed', 'no such host'), logged(30, 'stopped')],
    'start failed: no such host',
  ],
  [['/a.js:1', "throw new Error('a')", '^', '', 'Error: a', '    at a.js:1', '', 'Node.js v24.1.0'], 'Error: a'],
  [['{ not JSON'], '{ not JSON'],
  [[logged(30, 'starting')], logged(30, 'starting')],
  [[], undefined],
])('%j: %j', (lines, cause) => {
  expect(causeIn(lines)).toBe(cause);
});
