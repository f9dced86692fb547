import { causeIn, warningIn } from './cause-in';

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

const away = { level: 40, msg: 'MongoDB cannot be reached: trying again', attempt: 9 };
test.each([
  [
    [JSON.stringify({ ...away, reason: 'connect ECONNREFUSED 127.0.0.1:1' }), logged(30, 'ready')],
    /reached: connect ECONNREFUSED 127.0.0.1:1$/,
  ],
  [[logged(40, 'first'), JSON.stringify(away)], /^MongoDB cannot be reached$/],
])('%j: it warned of %s', (lines, warning) => {
  expect(warningIn(lines)).toMatch(warning);
});

test.each([[[logged(30, 'starting')]], [['no JSON']], [[]]])('%j warn of nothing', (lines) => {
  expect(warningIn(lines)).toBeUndefined();
});
