import { createLogger, type LogLevel } from './logger';

function recording(level: LogLevel) {
  const lines: string[] = [];
  return {
    logger: createLogger({ name: 'tickets', level, destination: { write: (line) => lines.push(line) } }),
    lines,
  };
}

test('a line is JSON with the name and an ISO time', () => {
  const { logger, lines } = recording('info');
  logger.info({ port: 3000 }, 'listening');
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toMatchObject({ name: 'tickets', level: 30, port: 3000, msg: 'listening' });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

test('an error is logged with its stack and its causes', () => {
  const { logger, lines } = recording('info');
  logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
  const { err } = JSON.parse(lines[0] ?? '');
  expect(err).toMatchObject({ type: 'Error', message: 'outer: inner' });
  expect(err.stack).toContain('logger.test.ts');
});

test('headers that carry credentials never reach the log', () => {
  const { logger, lines } = recording('info');
  const headers = { authorization: 'hunter2', cookie: 'hunter2', 'set-cookie': ['hunter2'], host: 'example.com' };
  logger.info({ headers, req: { headers }, err: { config: { headers } } }, 'request');
  logger.info({ headers: { Authorization: 'hunter2', Cookie: 'hunter2', 'Set-Cookie': 'hunter2' } }, 'request');
  expect(lines.join('')).not.toContain('hunter2');
  expect(lines[0]?.match(/example\.com/g)).toHaveLength(3);
});

test('the level bounds what is logged, and silent logs nothing', () => {
  const warn = recording('warn');
  warn.logger.info('not this');
  warn.logger.warn('this');
  expect(warn.lines).toHaveLength(1);
  const silent = recording('silent');
  silent.logger.fatal('not even this');
  expect(silent.lines).toEqual([]);
});

test('an address in an error loses its credentials, wherever the error tells of it', () => {
  const { logger, lines } = recording('info');
  const error = Object.assign(new Error('cannot use nats://user:hunter2@nats'), { input: 'nats://user:hunter2@nats' });
  logger.error({ err: error }, 'failed');
  expect(lines.join('')).not.toContain('hunter2');
  expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ type: 'Error', input: 'nats://***@nats' });
});

test('so does one in an error within it: of several, as a cause, or as a property', () => {
  const { logger, lines } = recording('info');
  const inner = () => new Error('cannot use nats://user:hunter2@nats');
  const several = new AggregateError([inner(), new Error('outer', { cause: inner() })], 'several');
  logger.error({ err: Object.assign(several, { reason: { error: inner() }, input: ['nats://user:hunter2@nats'] }) });
  expect(lines.join('')).not.toContain('hunter2');
  const { err } = JSON.parse(lines[0] ?? '');
  expect(err.aggregateErrors).toMatchObject([{ message: 'cannot use nats://***@nats' }, { type: 'Error' }]);
});
